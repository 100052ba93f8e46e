import { setImmediate as settled } from 'node:timers/promises';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  emptyTally,
  failedWriteProperty,
  openSpool,
  powerCutProperty,
  recoveredFrames,
  runUntilPowerCut,
  segmentBytes,
} from '../../../test/spool-power-cut.ts';
import { FaultFiles } from './spool-fault-files.ts';

describe('a spool on a disk that fails', () => {
  it('holds every acknowledged frame after a power cut at any operation, in order, once, and nothing else', async () => {
    const tally = emptyTally();
    await fc.assert(powerCutProperty(tally), { numRuns: 150 });
    expect(tally.cutAtWork).toBeGreaterThan(75);
    expect(tally.foundBesides).toBeGreaterThan(0);
  });

  it('would be caught if it acknowledged before the disk had written', async () => {
    let lost = 0;
    for (let cutAt = 3; cutAt < 40; cutAt++) {
      const { files, acknowledged } = await runUntilPowerCut(
        { cutAt, lies: true, coin: () => false },
        [10, 20, 30, 40].map((bytes) => ({ bytes, turn: bytes / 10 })),
      );
      const found = new Set(await recoveredFrames(files.afterPowerCut()));
      lost += acknowledged.filter((payload) => !found.has(payload)).length;
    }
    expect(lost).toBeGreaterThan(0);
  });

  it('refuses the frames of a failed write, keeps those before it, and goes on in another segment', async () => {
    await fc.assert(failedWriteProperty());
  });

  it('never writes again to a segment whose write failed', async () => {
    let failedWrites = 0;
    // Whichever operation fails: those before the first frame are set-up, the others are writes of frames.
    for (let failing = 5; failing < 20; failing += 1) {
      const files = new FaultFiles({ cutAt: Infinity, coin: () => true, ioErrorsAt: new Set([failing]) });
      const { writer } = openSpool(files, { spareSegments: 2 });
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
    const roomAgain: number[] = [];
    const { writer, troubles } = openSpool(files, {
      spareSegments: 3,
      onRoomAgain: (refused) => roomAgain.push(refused),
    });
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
    for (let again = 0; again < 5; again++) expect(code()).toBe('spool.full');
    await settled();
    expect(troubles, 'told once').toEqual(['spool.no_space_reserved', 'spool.full']);
    writer.unreserve(8000);
    writer.reserve(8000);
    expect(roomAgain, 'and how many were refused, when it is over').toEqual([6]);
    for (let index = 0; index < promised; index++) {
      await writer.append('x'.repeat(7400));
      writer.unreserve(8000);
    }
  });

  it('does not start where not one segment fits', async () => {
    const { writer } = openSpool(new FaultFiles({ cutAt: Infinity, coin: () => true, diskBytes: 1000 }));
    await expect(writer.open()).rejects.toMatchObject({ code: 'spool.full', status: 503 });
  });
});

describe('a spool', () => {
  it('reads frames of its last use only, in a segment that was used before', async () => {
    const files = new FaultFiles({ cutAt: Infinity, coin: () => true });
    const { writer } = openSpool(files, { maxSegments: 2 });
    await writer.open();
    const all: string[] = [];
    for (let index = 0; index < 200; index++) {
      const payload = `${index}:${'y'.repeat(12_000)}`;
      await writer.append(payload);
      all.push(payload);
      while (writer.segments.length > 1) await writer.release(writer.segments[0]!);
    }
    const found = await recoveredFrames(files.afterPowerCut());
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(all.slice(-found.length));
  });

  it('writes frames that arrive together at once', async () => {
    const files = new FaultFiles({ cutAt: Infinity, coin: () => true });
    const { writer } = openSpool(files, { maxSegments: 1 });
    await writer.open();
    await writer.append('first');
    await writer.flush();
    const before = files.operations;
    await Promise.all(Array.from({ length: 50 }, (_, index) => writer.append(`frame ${index}`)));
    expect(files.operations - before).toBe(1);
  });
});
