// npm run prove             what is proven, and which records are stale
// npm run prove NAME        run a proof at full scale; one that was stopped goes on (add --seed N to begin with a seed)
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setImmediate as signalsMayCome } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import {
  commitOf,
  digestOfCovered,
  progressPath,
  readProgress,
  readRecord,
  recordPath,
  writeJson,
} from './proof-record.ts';
import type { Counts, Proof } from './proofs/proof.ts';
import { proofs } from './proofs/registry.ts';

const savedEveryMs = 5000;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } });
const [name] = positionals;
const chosen = proofs.find((proof) => proof.name === name);

if (chosen) await prove(chosen, values.seed === undefined ? undefined : Number(values.seed));
else if (name === undefined) for (const proof of proofs) tell(proof);
else {
  console.error(`There is no proof '${name}'; there are ${proofs.map((proof) => proof.name).join(', ')}.`);
  process.exitCode = 2;
}

async function prove(proof: Proof, givenSeed: number | undefined): Promise<void> {
  const coversDigest = digestOfCovered(proof);
  const saved = readProgress(proof.name);
  const resumed =
    saved?.coversDigest === coversDigest && (givenSeed ?? saved.seed) === saved.seed ? saved : undefined;
  const seed = resumed?.seed ?? givenSeed ?? randomInt(2 ** 31);
  let part = resumed?.parts ?? 0;
  let counts: Counts = resumed?.counts ?? {};
  let seconds = resumed?.seconds ?? 0;
  console.log(
    `${proof.name}: seed ${seed}, ${resumed ? `going on at part ${part}` : 'from the beginning'} of ${proof.parts}`,
  );
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  let at = performance.now();
  let savedAt = at;
  for (; part < proof.parts && !stop.signal.aborted; part++) {
    counts = add(counts, await proof.run(part, seed));
    await signalsMayCome();
    const now = performance.now();
    seconds += (now - at) / 1000;
    at = now;
    if (now - savedAt < savedEveryMs) continue;
    savedAt = now;
    writeJson(progressPath(proof.name), { seed, coversDigest, parts: part + 1, counts, seconds });
    console.log(`${proof.name}: ${part + 1} of ${proof.parts}, ${JSON.stringify(counts)}`);
  }
  if (stop.signal.aborted) {
    writeJson(progressPath(proof.name), { seed, coversDigest, parts: part, counts, seconds });
    console.log(`stopped; npm run prove ${proof.name} goes on`);
    return;
  }
  const objection = proof.objection(counts);
  if (objection !== undefined) throw new Error(`${proof.name} does not hold: ${objection}`);
  writeJson(recordPath(proof.name), {
    name: proof.name,
    claim: proof.claim,
    holds: true,
    stale: digestOfCovered(proof) !== coversDigest,
    seed,
    commit: commitOf(proof),
    counts,
    seconds: Math.round(seconds),
    finishedAt: new Date().toISOString(),
    node: process.version,
    covers: proof.covers,
    coversDigest,
  });
  rmSync(progressPath(proof.name), { force: true });
  tell(proof);
}

/** Prints how a proof stands, and marks a record whose code has changed. */
function tell(proof: Proof): void {
  const record = readRecord(proof.name);
  console.log(`${proof.name}: ${proof.claim}`);
  if (!record) return console.log('  not run yet');
  const stale = record.coversDigest !== digestOfCovered(proof);
  if (stale !== record.stale) writeJson(recordPath(proof.name), { ...record, stale });
  const { seed, counts, seconds, commit, finishedAt } = record;
  console.log(`  ${stale ? 'STALE, the code has changed since' : 'holds'}: ${JSON.stringify(counts)}`);
  console.log(`  seed ${seed}, ${seconds} s, commit ${commit.slice(0, 12)}, ${finishedAt}`);
}

function add(a: Counts, b: Counts): Counts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((each) => [each, (a[each] ?? 0) + (b[each] ?? 0)]));
}
