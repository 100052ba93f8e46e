import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type FaultPlan, FaultFiles } from './spool-fault-files.ts';
import { recoverFrames } from './spool-reader.ts';
import { SpoolWriter } from './spool-writer.ts';

const directory = '/spool/process';
const segmentBytes = 512 * 1024;

const open = (files: FaultFiles, over: { maxSegments?: number; spareSegments?: number } = {}) => {
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
};

async function recovered(files: FaultFiles): Promise<string[]> {
  const payloads: string[] = [];
  for await (const frames of recoverFrames(files, directory))
    payloads.push(...frames.map((frame) => frame.payload.toString()));
  return payloads;
}

/** Calls as a gateway makes them: intent, then send, then outcome, then the last byte; many at a time. */
async function runUntilPowerCut(plan: FaultPlan, sizes: readonly number[]) {
  const files = new FaultFiles(plan);
  const { writer } = open(files);
  const appended = new Set<string>();
  const acknowledged: string[] = [];
  const put = async (name: string, size: number) => {
    const payload = `${name}:${'x'.repeat(size)}`;
    appended.add(payload);
    await writer.append(payload);
    acknowledged.push(payload);
  };
  const call = async (size: number, index: number) => {
    for (let turn = 0; turn < index % 7; turn++) await new Promise((resolve) => setImmediate(resolve));
    await put(`intent${index}`, size);
    await put(`outcome${index}`, size);
  };
  const working = writer.open().then(() => Promise.all(sizes.map(call)));
  await Promise.race([files.powerCut, working.catch(() => undefined)]);
  return { files, appended, acknowledged: [...acknowledged] };
}

const coins = fc.infiniteStream(fc.boolean()).map((stream) => () => stream.next().value);
const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constant(40_000)), {
  minLength: 1,
  maxLength: 60,
});

describe('a spool on a disk that fails', () => {
  it('holds every acknowledged frame after a power cut at any operation, in order, once, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), sizes, coins, async (cutAt, sizes, coin) => {
        const { files, appended, acknowledged } = await runUntilPowerCut({ cutAt, coin }, sizes);
        const found = await recovered(files.afterPowerCut());
        expect(new Set(found).size).toBe(found.length);
        expect(found.filter((payload) => !appended.has(payload))).toEqual([]);
        const kept = new Set(acknowledged);
        expect(found.filter((payload) => kept.has(payload))).toEqual(acknowledged);
      }),
      { numRuns: 150 },
    );
  });

  it('would be caught if it acknowledged before the disk had written', async () => {
    let lost = 0;
    for (let cutAt = 3; cutAt < 40; cutAt++) {
      const { files, acknowledged } = await runUntilPowerCut(
        { cutAt, lies: true, coin: () => false },
        [10, 20, 30, 40],
      );
      const found = new Set(await recovered(files.afterPowerCut()));
      lost += acknowledged.filter((payload) => !found.has(payload)).length;
    }
    expect(lost).toBeGreaterThan(0);
  });

  it('refuses the frames of a failed write, keeps those before it, and goes on in another segment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 6, max: 30 }), coins, async (failing, coin) => {
        const files = new FaultFiles({ cutAt: Infinity, coin, ioErrorsAt: new Set([failing]) });
        const { writer } = open(files, { spareSegments: 2 });
        await writer.open();
        const acknowledged: string[] = [];
        const refused: string[] = [];
        for (let index = 0; index < 20; index++)
          await writer.append(`frame${index}`).then(
            () => acknowledged.push(`frame${index}`),
            (error: { code: string }) => refused.push(error.code),
          );
        expect(refused.length).toBeLessThanOrEqual(1);
        expect(refused.every((code) => code === 'spool.unwritable')).toBe(true);
        const found = await recovered(files.afterPowerCut());
        expect(found.filter((payload) => acknowledged.includes(payload))).toEqual(acknowledged);
      }),
    );
  });

  it('never writes again to a segment whose write failed', async () => {
    let failedWrites = 0;
    // Whichever operation fails: those before the first frame are set-up, the others are writes of frames.
    for (let failing = 5; failing < 20; failing += 1) {
      const files = new FaultFiles({ cutAt: Infinity, coin: () => true, ioErrorsAt: new Set([failing]) });
      const { writer } = open(files, { spareSegments: 2 });
      await writer.open();
      const ends: number[][] = [];
      for (let index = 0; index < 8; index++) {
        await writer.append('x').catch(() => undefined);
        ends.push(writer.segments.map((segment) => segment.end));
      }
      const failedAt = ends.findIndex((each) => each.length === 2);
      if (failedAt <= 0) continue;
      failedWrites += 1;
      expect(new Set(ends.slice(failedAt).map((each) => each[0])).size).toBe(1);
    }
    expect(failedWrites).toBeGreaterThan(3);
  });
});

describe('a spool on a full disk', () => {
  it('refuses new calls before it could lose what it promised to the running ones', async () => {
    const files = new FaultFiles({ cutAt: Infinity, coin: () => true, diskBytes: 2 * segmentBytes });
    const { writer, troubles } = open(files, { spareSegments: 3 });
    await writer.open();
    expect(troubles).toEqual(['spool.no_space_reserved']);
    let promised = 0;
    const code = () => {
      try {
        for (;;) {
          writer.reserve(8000);
          promised++;
        }
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code()).toBe('spool.full');
    expect(promised).toBeGreaterThan(20);
    for (let index = 0; index < promised; index++) {
      await writer.append('x'.repeat(7400));
      writer.unreserve(8000);
    }
  });

  it('does not start where not one segment fits', async () => {
    const { writer } = open(new FaultFiles({ cutAt: Infinity, coin: () => true, diskBytes: 1000 }));
    await expect(writer.open()).rejects.toMatchObject({ code: 'spool.full', status: 503 });
  });
});

describe('a spool', () => {
  it('reads frames of its last use only, in a segment that was used before', async () => {
    const files = new FaultFiles({ cutAt: Infinity, coin: () => true });
    const { writer } = open(files, { maxSegments: 2 });
    await writer.open();
    const all: string[] = [];
    for (let index = 0; index < 200; index++) {
      const payload = `${index}:${'y'.repeat(12_000)}`;
      await writer.append(payload);
      all.push(payload);
      while (writer.segments.length > 1) await writer.release(writer.segments[0]!);
    }
    const found = await recovered(files.afterPowerCut());
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(all.slice(-found.length));
  });

  it('writes frames that arrive together at once', async () => {
    const files = new FaultFiles({ cutAt: Infinity, coin: () => true });
    const { writer } = open(files, { maxSegments: 1 });
    await writer.open();
    await writer.append('first');
    await writer.flush();
    const before = files.operations;
    await Promise.all(Array.from({ length: 50 }, (_, index) => writer.append(`frame ${index}`)));
    expect(files.operations - before).toBe(1);
  });
});
