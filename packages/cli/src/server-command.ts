import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Arguments of Node that run the server's own program. */
export const serverProgram: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url)),
];

/** Commands about the machine itself run in the server's program, with this terminal. */
export function runServerCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(process.execPath, [...serverProgram, ...args], { stdio: 'inherit', env: environment });
  // A terminal's Ctrl-C reaches the child by itself. It stops in order, and this program ends with it.
  process.on('SIGINT', (signal) => process.stdin.isTTY || child.kill(signal));
  process.on('SIGTERM', (signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
