// npm run bench [name…]: each benchmark is a script that prints a table with its own baseline from the same run.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const benches: Readonly<Record<string, string>> = {
  gateway: 'CPU and added time of a call, beside a direct call to the engine',
  placement: 'decisions a second',
  ledger: 'entries a second',
  limits: 'a reservation at four levels, settled',
  vault: 'records sealed and opened a second',
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}; there are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

for (const [name, what] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n# ${name}: ${what}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  const code = await new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
  if (code !== 0) process.exit(code);
}
