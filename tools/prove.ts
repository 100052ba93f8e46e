// npm run prove             what is proven, and which records are stale
// npm run prove NAME        run a proof at full scale; one that was stopped goes on (--seed N begins with a seed)
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as signalsMayCome } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { nearestNames } from '../server/src/core/engine/nearest-name.ts';
import { type ProofProgress, type ProofRecords, proofRecords } from './proof-record.ts';
import type { Counts, Proof } from './proofs/proof.ts';

export interface Proving {
  readonly proofs: readonly Proof[];
  readonly records: ProofRecords;
  /** Ends the run; it can be gone on with. */
  readonly stop: AbortSignal;
  readonly savedEveryMs: number;
  print(line: string): void;
}

/** @returns the exit code: 0 it holds or was stopped, 1 it does not hold, 2 the command line is wrong */
export async function main(argv: readonly string[], proving: Proving): Promise<number> {
  const asked = parse(argv, proving.proofs);
  if (typeof asked === 'string') {
    proving.print(asked);
    return 2;
  }
  if (asked.proof) return prove(asked.proof, asked.seed, proving);
  for (const proof of proving.proofs) tell(proof, proving);
  return 0;
}

/** What is wanted, or what is wrong with it. */
function parse(argv: readonly string[], known: readonly Proof[]): { proof?: Proof; seed?: number } | string {
  const names = known.map(({ name }) => name);
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { seed: { type: 'string' } },
    });
    const [name] = positionals;
    const proof = known.find((each) => each.name === name);
    if (name !== undefined && !proof) {
      const [nearest] = nearestNames(name, names, 1);
      const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      return `There is no proof '${name}'.${meant} There are ${names.join(', ')}.`;
    }
    if (values.seed !== undefined && !/^\d{1,10}$/.test(values.seed))
      return `--seed ${values.seed} is not a whole number of at most ten digits.`;
    return { ...(proof && { proof }), ...(values.seed !== undefined && { seed: Number(values.seed) }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function prove(proof: Proof, givenSeed: number | undefined, proving: Proving): Promise<number> {
  const { records, print, stop } = proving;
  const coversDigest = records.digestOfCovered(proof);
  const begun = resumed(records.progress(proof.name), coversDigest, givenSeed);
  print(
    `${proof.name}: seed ${begun.seed}, ${begun.parts > 0 ? `going on at part ${begun.parts}` : 'from the beginning'} of ${proof.parts}`,
  );
  let progress = begun;
  try {
    progress = await runParts(proof, begun, proving);
    if (stop.aborted) {
      print(`stopped; npm run prove ${proof.name} goes on`);
      return 0;
    }
    const objection = proof.objection(progress.counts);
    keep(proof, progress, objection, records);
  } catch (error) {
    progress = records.progress(proof.name) ?? begun;
    const part = `part ${progress.parts}: ${error instanceof Error ? error.message : String(error)}`;
    keep(proof, progress, part, records);
  }
  tell(proof, proving);
  return records.record(proof.name)?.holds === true ? 0 : 1;
}

/** What a stopped run left, unless it was about other code or another seed. */
function resumed(
  saved: ProofProgress | undefined,
  coversDigest: string,
  givenSeed: number | undefined,
): ProofProgress {
  if (saved?.coversDigest === coversDigest && (givenSeed ?? saved.seed) === saved.seed) return saved;
  return { seed: givenSeed ?? randomInt(2 ** 31), coversDigest, parts: 0, counts: {}, seconds: 0 };
}

/** Runs what is left, keeping how far it came. Leaves the progress of whole parts behind when one of them throws. */
async function runParts(proof: Proof, begun: ProofProgress, proving: Proving): Promise<ProofProgress> {
  const { records, print, stop, savedEveryMs } = proving;
  let progress = begun;
  let at = performance.now();
  let savedAt = at;
  try {
    while (progress.parts < proof.parts && !stop.aborted) {
      const part = progress.parts;
      const say = (words: string) => print(`${proof.name}: part ${part} of ${proof.parts}, ${words}`);
      const counts = await proof.run(part, progress.seed, { signal: stop, say });
      const now = performance.now();
      progress = {
        ...progress,
        parts: part + 1,
        counts: add(progress.counts, counts),
        seconds: progress.seconds + (now - at) / 1000,
      };
      at = now;
      await signalsMayCome();
      if (now - savedAt < savedEveryMs) continue;
      savedAt = now;
      records.keepProgress(proof.name, progress);
      print(`${proof.name}: ${progress.parts} of ${proof.parts} parts, ${JSON.stringify(progress.counts)}`);
    }
  } catch (error) {
    if (!stop.aborted) throw error; // a part that was told to stop is run again next time
  } finally {
    records.keepProgress(proof.name, progress);
  }
  return progress;
}

function keep(
  proof: Proof,
  progress: ProofProgress,
  objection: string | undefined,
  records: ProofRecords,
): void {
  const { name, claim, covers } = proof;
  const { seed, counts, coversDigest } = progress;
  records.keepRecord({
    name,
    claim,
    holds: objection === undefined,
    ...(objection !== undefined && { objection }),
    stale: records.digestOfCovered(proof) !== coversDigest,
    seed,
    commit: records.commitOf(proof),
    counts,
    seconds: Math.round(progress.seconds),
    finishedAt: new Date().toISOString(),
    node: process.version,
    covers,
    coversDigest,
  });
  if (objection === undefined) records.dropProgress(name);
}

/** Prints how a proof stands, and marks a record whose code has changed. */
function tell(proof: Proof, { records, print }: Proving): void {
  const record = records.record(proof.name);
  print(`${proof.name}: ${proof.claim}`);
  const progress = records.progress(proof.name);
  if (progress && record?.holds !== false)
    print(`  stopped after ${progress.parts} of ${proof.parts} parts; npm run prove ${proof.name} goes on`);
  if (!record) return print('  not proven yet');
  const stale = record.coversDigest !== records.digestOfCovered(proof);
  if (stale !== record.stale) records.keepRecord({ ...record, stale });
  const { seed, counts, seconds, commit, finishedAt } = record;
  const verdict = record.holds ? 'holds' : `DOES NOT HOLD, ${record.objection ?? 'no reason given'}`;
  print(`  ${stale ? `STALE (the code has changed since), ${verdict}` : verdict}: ${JSON.stringify(counts)}`);
  print(`  seed ${seed}, ${seconds} s, commit ${commit.slice(0, 12)}, ${finishedAt}`);
}

function add(a: Counts, b: Counts): Counts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((each) => [each, (a[each] ?? 0) + (b[each] ?? 0)]));
}

if (import.meta.main) {
  const { proofs } = await import('./proofs/registry.ts');
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  process.exitCode = await main(process.argv.slice(2), {
    proofs,
    records: proofRecords(join(import.meta.dirname, '..')),
    stop: stopping.signal,
    savedEveryMs: 5000,
    print: (line) => console.log(line),
  });
}
