import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Commands about the machine itself run in the server's own program, with this terminal. */
export function runServerCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const main = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: 'inherit',
    env: environment,
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // A terminal's Ctrl-C reaches the child by itself; a second one from here would make it stop without draining.
  process.on('SIGINT', (signal) => process.stdin.isTTY || forward(signal));
  process.on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
