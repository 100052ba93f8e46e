// npm run bench                     every benchmark, and one table of their figures
// npm run bench gateway ledger      some of them
// npm run bench -- --json FILE      the figures as JSON too
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { nearestNames } from '../server/src/core/engine/nearest-name.ts';
import { type Figure, tableOf } from './figure.ts';
import { listen, machineWords, type Quiet, quietShare } from './machine.ts';

/** Each is a script that prints its own details and a baseline from the same run. */
const benches: Readonly<Record<string, string>> = {
  gateway: 'CPU and added time of a call, beside a direct call to the engine',
  ledger: 'entries a second, beside the same rows in a plain table',
  placement: 'decisions a second, beside one judgement by Cedar',
  limits: 'a reservation at four levels, settled',
  vault: 'records sealed and opened, beside bare AES-256-GCM',
  start: 'the whole product: first and later start, memory of each process at rest',
};

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const unknown = asked.find((name) => !(name in benches));
if (unknown !== undefined) {
  const [nearest] = nearestNames(unknown, Object.keys(benches), 1);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  console.error(`There is no benchmark '${unknown}'.${meant} There are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const startedAt = new Date().toISOString();
const listened: Quiet[] = [];
const figures: Figure[] = [];
for (const [name, what] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  listened.push(await listen());
  console.log(`\n# ${name}: ${what}`);
  figures.push(...(await runPart(name)));
}
listened.push(await listen());

console.log(`\n${tableOf(figures).join('\n')}\n`);
const busiest = Math.max(...listened.map(({ othersShare }) => othersShare));
const load = { start: listened[0]?.load1 ?? 0, end: listened.at(-1)?.load1 ?? 0 };
console.log(
  `${machineWords()}; load average ${load.start.toFixed(2)} at the start, ${load.end.toFixed(2)} at the end`,
);
if (busiest > quietShare)
  console.log(
    `The machine was not quiet: others used up to ${Math.round(busiest * 100)} % of it. CPU times hold, roughly; clocks and rates do not.`,
  );
if (values.json !== undefined) {
  const quiet = busiest <= quietShare;
  const run = { startedAt, machine: machineWords(), load, othersShare: busiest, quiet, figures };
  writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`);
}

/** In a process of its own, so that no part pays for the garbage of another. */
async function runPart(name: string): Promise<readonly Figure[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  let told: readonly Figure[] = [];
  child.on('message', (message) => (told = (message as { figures: readonly Figure[] }).figures));
  const code = await new Promise<number>((resolve) => child.once('close', (exit) => resolve(exit ?? 1)));
  if (code !== 0) process.exit(code);
  return told;
}
