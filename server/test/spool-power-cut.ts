import { deepStrictEqual, strictEqual } from 'node:assert';

import * as fc from 'fast-check';

import { type FaultPlan, FaultFiles } from '../src/platform/spool/spool-fault-files.ts';
import { recoverFrames } from '../src/platform/spool/spool-reader.ts';
import { type SpoolOptions, SpoolWriter } from '../src/platform/spool/spool-writer.ts';

const directory = '/spool/process';
export const segmentBytes = 512 * 1024;

/** A spool of small segments on a disk in memory, and what it reported. */
export function openSpool(files: FaultFiles, over: Partial<SpoolOptions> = {}) {
  const troubles: string[] = [];
  const writer = new SpoolWriter({
    files,
    directory,
    segmentBytes,
    maxSegments: 6,
    spareSegments: 1,
    onTrouble: (event) => void troubles.push(event),
    ...over,
  });
  return { writer, troubles };
}

export async function recoveredFrames(files: FaultFiles): Promise<string[]> {
  const payloads: string[] = [];
  for await (const frames of recoverFrames(files, directory))
    payloads.push(...frames.map((frame) => frame.payload.toString()));
  return payloads;
}

/** A call of the load: how long its frames are, and after how many turns of the loop it begins. */
export interface SpoolCall {
  readonly bytes: number;
  readonly turn: number;
}

/** Calls as a gateway makes them: intent, then send, then outcome, then the last byte; many at a time, and shipped meanwhile. */
export async function runUntilPowerCut(plan: FaultPlan, calls: readonly SpoolCall[]) {
  const files = new FaultFiles(plan);
  const { writer } = openSpool(files);
  const appended: string[] = [];
  const acknowledged: string[] = [];
  let shipped = 0;
  const put = async (name: string, bytes: number) => {
    const payload = `${name}:${'x'.repeat(bytes)}`;
    appended.push(payload);
    await writer.append(payload);
    acknowledged.push(payload);
  };
  const ship = async () => {
    const [oldest, next] = writer.segments;
    if (!oldest || !next || next.firstSequence - 1 <= shipped) return;
    shipped = next.firstSequence - 1; // frames are numbered from 1, in the order in which they were appended
    await writer.release(oldest);
  };
  const call = async ({ bytes, turn }: SpoolCall, index: number) => {
    for (let passed = 0; passed < turn; passed++) await new Promise((resolve) => setImmediate(resolve));
    await put(`intent${index}`, bytes);
    await put(`outcome${index}`, bytes);
    await ship();
  };
  const working = writer.open().then(() => Promise.all(calls.map(call)));
  const cut = await Promise.race([
    files.powerCut.then(() => true),
    working.then(
      () => false,
      () => false,
    ),
  ]);
  const moved = new Set(appended.slice(0, shipped));
  return { files, cut, appended: [...appended], moved, acknowledged: [...acknowledged] };
}

/** Which sectors of a torn write, and which unsynced names, made it. */
export const coins = fc.infiniteStream(fc.boolean()).map((stream) => () => stream.next().value);

const calls = fc.array(
  fc.record({
    bytes: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constant(40_000)),
    turn: fc.integer({ min: 0, max: 60 }),
  }),
  { minLength: 4, maxLength: 60, size: 'max' },
);

/** What many runs looked at, added up, so that a proof can say that it was not idle. */
export interface PowerCutTally {
  runs: number;
  /** Runs that the cut met at work, rather than when all was done. */
  cutAtWork: number;
  acknowledged: number;
  /** Frames whose segment was moved on and used again before the cut. */
  shipped: number;
  /** Found though nobody had been told that they were written: allowed, and why shipping takes each frame once. */
  foundBesides: number;
}

export const emptyTally = (): PowerCutTally => ({
  runs: 0,
  cutAtWork: 0,
  acknowledged: 0,
  shipped: 0,
  foundBesides: 0,
});

/** After a power cut at any operation a spool holds every acknowledged frame that was not shipped, in order, once, and nothing that was never written. */
export function powerCutProperty(tally: PowerCutTally) {
  return fc.asyncProperty(fc.integer({ min: 1, max: 80 }), calls, coins, async (cutAt, load, coin) => {
    const { files, cut, appended, moved, acknowledged } = await runUntilPowerCut({ cutAt, coin }, load);
    const found = await recoveredFrames(files.afterPowerCut());
    const written = new Set(appended);
    strictEqual(new Set(found).size, found.length, 'a frame was found twice');
    strictEqual(
      found.find((payload) => !written.has(payload)),
      undefined,
      'a frame was found that nobody wrote',
    );
    const owed = acknowledged.filter((payload) => !moved.has(payload));
    const kept = new Set(owed);
    deepStrictEqual(
      found.filter((payload) => kept.has(payload)),
      owed,
      'an acknowledged frame is missing or out of order',
    );
    tally.runs += 1;
    if (cut) tally.cutAtWork += 1;
    tally.acknowledged += acknowledged.length;
    tally.shipped += moved.size;
    const heard = new Set(acknowledged);
    tally.foundBesides += found.filter((payload) => !heard.has(payload)).length;
  });
}

/** A write that fails with EIO refuses its own frames, at most one group of them, and loses none of the others. */
export function failedWriteProperty() {
  return fc.asyncProperty(fc.integer({ min: 6, max: 30 }), coins, async (failing, coin) => {
    const files = new FaultFiles({ cutAt: Infinity, coin, ioErrorsAt: new Set([failing]) });
    const { writer } = openSpool(files, { spareSegments: 2 });
    await writer.open();
    const acknowledged: string[] = [];
    const refused: string[] = [];
    for (let index = 0; index < 20; index++)
      await writer.append(`frame${index}`).then(
        () => acknowledged.push(`frame${index}`),
        (error: { code: string }) => refused.push(error.code),
      );
    deepStrictEqual(refused, refused.length === 0 ? [] : ['spool.unwritable']);
    const found = await recoveredFrames(files.afterPowerCut());
    deepStrictEqual(
      found.filter((payload) => acknowledged.includes(payload)),
      acknowledged,
    );
  });
}
