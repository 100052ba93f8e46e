import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs the witness's one file, as a second machine would that has nothing else of Kulning. */
export function witness(args: readonly string[]): Promise<number> {
  const file = fileURLToPath(import.meta.resolve('@kulning/verify/witness'));
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
