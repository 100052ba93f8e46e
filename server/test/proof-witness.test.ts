import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { verifyReceipt } from '@kulning/verify';
import { startWitness } from '@kulning/verify/witness';

import { checkpointText } from '../src/core/ledger/checkpoint.ts';
import { consistencyRanges } from '../src/core/ledger/merkle-proof.ts';
import { EMPTY_ROOT, leafHash, rootOf } from '../src/core/ledger/merkle-tree.ts';
import { isSignedBy } from '../src/core/ledger/note-verification.ts';
import {
  formatVerifierKey,
  keyIdOf,
  parseSignatureLines,
  parseVerifierKey,
  SignatureType,
} from '../src/core/ledger/signed-note.ts';
import { createLogSigner, generateLogKeys } from '../src/features/proof/log-signer.ts';
import { createWitnessFeeder } from '../src/features/proof/witness-feeder.ts';
import { createWitnessService } from '../src/features/proof/witness-service.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { nodeVersions } from './node-versions.ts';
import { proofHarness, type ProofHarness } from './proof-harness.ts';

type Witness = Awaited<ReturnType<typeof startWitness>>;

const origin = 'example.org/kulning/2026q4';
const leaves = Array.from({ length: 40 }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)));
const signer = createLogSigner(generateLogKeys());
const [ed25519 = ''] = signer.verifierKeys('example.org/kulning').map(formatVerifierKey);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'witness-'));
});
afterEach(() => rm(folder, { recursive: true }));

function noteOf(size: number, { by = signer, as = origin, hashes = leaves } = {}): string {
  const checkpoint = { origin: as, size, root: rootOf(hashes.slice(0, size)) };
  return `${checkpointText(checkpoint)}\n${by.sign(checkpoint, 1_800_000_000)}`;
}

function proofOf(from: number, to: number): string {
  const hashes = consistencyRanges(from, to).map(({ start, end }) => rootOf(leaves.slice(start, end)));
  return hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
}

async function add(witness: Witness, body: string) {
  const response = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe('witness (C2SP tlog-witness)', () => {
  let witness: Witness;
  beforeEach(async () => {
    witness = await startWitness({ logs: [ed25519], folder, name: 'witness.example/w1', port: 0 });
  });
  afterEach(() => witness.close());

  test('cosigns heads that continue each other, with Ed25519 and ML-DSA-44', async () => {
    for (const [from, to] of [
      [0, 1],
      [1, 1],
      [1, 7],
      [7, 8],
      [8, 39],
    ] as const) {
      const note = noteOf(to);
      const answer = await add(witness, `old ${from}\n${proofOf(from, to)}\n${note}`);
      expect(answer.status).toBe(200);
      const [text = ''] = note.split('\n\n');
      const signatures = parseSignatureLines(answer.text)!;
      const keys = witness.vkeys.map((vkey) => parseVerifierKey(vkey)!);
      expect(signatures.map(({ keyId }) => keyId)).toEqual(keys.map(keyIdOf));
      for (const [at, key] of keys.entries())
        expect(isSignedBy(key, `${text}\n`, signatures[at]!)).toBe(true);
    }
  });

  test('answers each mistake with the status of the specification', async () => {
    const stranger = createLogSigner(generateLogKeys());
    const status = async (body: string) => (await add(witness, body)).status;
    expect(await status('nonsense')).toBe(400);
    expect(await status(`old 00\n\n${noteOf(5)}`)).toBe(400);
    expect(await status(`old 0\nAAAA\n\n${noteOf(5)}`)).toBe(400);
    expect(await status(`old 6\n\n${noteOf(5)}`)).toBe(400);
    expect(await status(`old 0\n\n${noteOf(5, { as: 'example.org/another' })}`)).toBe(404);
    expect(await status(`old 0\n\n${noteOf(5, { as: `${origin}x` })}`)).toBe(404);
    expect(await status(`old 0\n\n${noteOf(5, { by: stranger })}`)).toBe(403);
    const falseLine = noteOf(6).split('\n\n')[1] ?? '';
    expect(await status(`old 0\n\n${noteOf(5).split('\n\n')[0]}\n\n${falseLine}`)).toBe(403);
    expect(await status(`old 0\n${proofOf(3, 5)}\n${noteOf(5)}`)).toBe(422);

    expect(await status(`old 0\n\n${noteOf(5)}`)).toBe(200);
    const conflict = await add(witness, `old 0\n\n${noteOf(9)}`);
    expect(conflict).toEqual({ status: 409, type: 'text/x.tlog.size', text: '5\n' });
    expect(await status(`old 5\n${proofOf(4, 9)}\n${noteOf(9)}`)).toBe(422);
    expect(await status(`old 5\n\n${noteOf(5, { hashes: leaves.toReversed() })}`)).toBe(422);
    expect(await status(`old 5\n${proofOf(5, 9)}\n${noteOf(9, { hashes: leaves.toReversed() })}`)).toBe(422);
    expect(await status(`old 5\n${proofOf(5, 9)}\n${noteOf(9)}`)).toBe(200);
  });

  test('refuses an empty tree whose root is not the hash of nothing', async () => {
    const sign = (root: Uint8Array) => {
      const head = { origin, size: 0, root };
      return `old 0\n\n${checkpointText(head)}\n${signer.sign(head, 1)}`;
    };
    expect((await add(witness, sign(Buffer.alloc(32)))).status).toBe(422);
    expect((await add(witness, sign(EMPTY_ROOT))).status).toBe(200);
  });

  test('lets one of many racing requests through, and never goes back', async () => {
    await add(witness, `old 0\n\n${noteOf(5)}`);
    const sizes = [9, 12, 20, 33, 40];
    const answers = await Promise.all(
      sizes.map((to) => add(witness, `old 5\n${proofOf(5, to)}\n${noteOf(to)}`)),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
  });

  test('serves its last head, keeps keys private, and remembers both after a restart', async () => {
    const { text: lines } = await add(witness, `old 0\n\n${noteOf(5)}`);
    const path = `${createHash('sha256').update(origin).digest('hex')}/checkpoint`;
    expect(await (await fetch(`${witness.url}/${path}`)).text()).toContain(lines);
    for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o077).toBe(0);

    const { vkeys } = witness;
    await witness.close();
    witness = await startWitness({ logs: [ed25519], folder, port: 0 });
    expect(witness.vkeys).toEqual(vkeys);
    expect((await add(witness, `old 0\n\n${noteOf(9)}`)).text).toBe('5\n');
  });

  test('keeps a signed head that is no continuation: it may prove two histories', async () => {
    await add(witness, `old 0\n\n${noteOf(5)}`);
    const fork = noteOf(5, { hashes: leaves.toReversed() });
    await add(witness, `old 5\n\n${fork}`);
    const kept = (await readdir(folder)).find((file) => file.endsWith('.conflict'));
    expect(await readFile(join(folder, kept ?? ''), 'utf8')).toContain(fork);
  });
});

describe('asking witnesses', () => {
  let harness: ProofHarness;
  let witness: Witness;
  beforeAll(async () => {
    harness = await proofHarness();
  });
  afterAll(() => harness.close());

  test('a receipt carries the cosignatures of its head, however late the witness came', async () => {
    await harness.calls(20);
    const [logKey = ''] = harness.vkeys;
    witness = await startWitness({ logs: [logKey], folder, port: 0 });
    const clock = { now: Date.now };
    const witnesses = createWitnessService({ database: harness.database.app, clock });
    const feeder = createWitnessFeeder({ database: harness.database.sequencer, clock, log: silentLogger });
    expect(await witnesses.add(witness)).toMatchObject({ name: witness.name, state: 'new', size: null });
    await expect(witnesses.add(witness)).rejects.toMatchObject({ code: 'witness.exists' });
    await harness.sequencer.sequenceBatch();
    await feeder.feedAll();
    const pins = { pinnedKeys: harness.vkeys, pinnedWitnesses: witness.vkeys };
    const first = await harness.receipt('call_3');
    expect(await verifyReceipt(first, pins)).toMatchObject({
      verdict: 'verified',
      witnesses: [witness.name],
    });
    expect((await verifyReceipt(first, { pinnedKeys: harness.vkeys })).otherWitnesses).toEqual([
      witness.name,
    ]);

    await harness.calls(300, 100);
    expect(await verifyReceipt(await harness.receipt('call_200'), pins)).toMatchObject({
      failure: { check: 'witness' },
    });
    await feeder.feedAll();
    expect((await verifyReceipt(await harness.receipt('call_200'), pins)).verdict).toBe('verified');
    expect((await witnesses.list())[0]).toMatchObject({ state: 'cosigning', size: 322 });

    await witness.close();
    await harness.calls(1, 900);
    await feeder.feedAll();
    expect((await witnesses.list())[0]).toMatchObject({ state: 'unreachable', size: 322 });
    await witnesses.remove(witness.name);
    expect((await verifyReceipt(await harness.receipt('call_3'), pins)).verdict).toBe('verified');
  });
});

describe.each(nodeVersions())('witness as one file in an empty folder, on %s', (node) => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** Its address, once it listens. */
  async function started(): Promise<{ url: string }> {
    await copyFile(new URL(import.meta.resolve('@kulning/verify/witness')), join(folder, 'witness.mjs'));
    child = spawn(node, ['witness.mjs', '--log', ed25519, '--port', '0'], {
      cwd: folder,
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    return vi.waitFor(
      () => {
        const [url] = /^http:\S+/m.exec(printed) ?? [];
        if (url === undefined) throw new Error(`the witness has not said where it listens: ${printed}`);
        return { url };
      },
      { timeout: 30_000 },
    );
  }

  test('remembers what it cosigned when it is killed the moment it answers', async () => {
    let from = 0;
    for (const to of [5, 9, 33]) {
      const { url } = await started();
      const answer = await fetch(`${url}/add-checkpoint`, {
        method: 'POST',
        body: `old ${from}\n${proofOf(from, to)}\n${noteOf(to)}`,
      });
      expect(answer.status).toBe(200);
      child?.kill('SIGKILL');
      await once(child!, 'exit');
      from = to;
    }
    const { url } = await started();
    const rollback = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: `old 9\n\n${noteOf(9)}` });
    expect([rollback.status, await rollback.text()]).toEqual([409, '33\n']);
  });

  test('refuses a second one on its folder, and says how to use it', async () => {
    const file = new URL(import.meta.resolve('@kulning/verify/witness')).pathname;
    await started();
    const second = execFileSync.bind(
      undefined,
      node,
      [file, '--log', ed25519, '--folder', join(folder, 'kulning-witness')],
      { stdio: 'pipe' },
    );
    expect(second).toThrow(
      expect.objectContaining({ status: 2, stdout: expect.anything() as Buffer }) as Error,
    );
    expect(() => execFileSync(node, [file], { cwd: folder, stdio: 'pipe' })).toThrow(
      expect.objectContaining({ status: 2 }) as Error,
    );
  });
});

describe('requests that the Go implementation tests itself with', () => {
  const sigsum = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
  const publicKey = Buffer.from('ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f', 'hex');
  const logKey = formatVerifierKey({ name: sigsum, type: SignatureType.ed25519, publicKey });
  const heads = {
    1: 'KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=',
    3: 'RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0= UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=',
    5: 'QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY= UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=',
  } as const;
  const hash = (first: number, second: number) =>
    `${Buffer.of(first, second, ...Buffer.alloc(30)).toString('base64')}\n`;
  const requestOf = (old: number, proof: string, size: keyof typeof heads) => {
    const [root, signature] = heads[size].split(' ');
    return `old ${old}\n${proof}\n${sigsum}\n${size}\n${root}\n\n\u2014 ${sigsum} ${signature}\n`;
  };

  test('get the same answers here', async () => {
    const witness = await startWitness({ logs: [logKey], folder, port: 0 });
    const answer = async (old: number, proof: string, size: keyof typeof heads) => {
      const { status, text } = await add(witness, requestOf(old, proof, size));
      return status === 409 ? `409 ${text.trim()}` : String(status);
    };
    const toThree = hash(0x2a, 1) + hash(0x2a, 2);
    const [inner, older] = [
      '+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n',
      'wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\n',
    ];
    expect(await answer(0, '', 1)).toBe('200');
    expect(await answer(1, '', 3)).toBe('422');
    expect(await answer(1, hash(0x2a, 1) + hash(0x2a, 3), 3)).toBe('422');
    expect(await answer(1, toThree, 3)).toBe('200');
    expect(await answer(1, hash(0x2a, 1) + inner + hash(0x2a, 4), 5)).toBe('409 3');
    expect(await answer(3, hash(0x2a, 2) + hash(0x2a, 3) + older + hash(0x2a, 4), 5)).toBe('200');
    expect(await answer(0, '', 5)).toBe('409 5');
    await witness.close();
  });
});
