import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { receipt as receiptSchema, type Receipt } from '@kulning/sdk';
import { describeReport, verifyReceipt } from '@kulning/verify';

import { checkpointText } from '../src/core/ledger/checkpoint.ts';
import { leafHash } from '../src/core/ledger/merkle-tree.ts';
import { formatVerifierKey } from '../src/core/ledger/signed-note.ts';
import { createLogSigner, generateLogKeys } from '../src/features/proof/log-signer.ts';
import { nodeVersions } from './node-versions.ts';
import { organisationId, proofHarness, request, response, type ProofHarness } from './proof-harness.ts';

const verifierFile = new URL(import.meta.resolve('@kulning/verify')).pathname;

let harness: ProofHarness;
let receipt: Receipt;
beforeAll(async () => {
  harness = await proofHarness();
  await harness.calls(300);
  receipt = await harness.receipt('call_77');
});
afterAll(() => harness.close());

/** Everything that the attacker can do without the log's keys: their own keys, a head and a leaf of their choice. */
function resigned(original: Receipt, leaf = original.leaf): Receipt {
  const attacker = createLogSigner(generateLogKeys());
  const origin = original.log?.origin ?? '';
  const head = { origin, size: 1, root: leafHash(Buffer.from(leaf, 'base64')) };
  const checkpoint = `${checkpointText(head)}\n${attacker.sign(head, 1_800_000_000)}`;
  return {
    ...original,
    leaf,
    log: { origin, index: 0, inclusion: [], checkpoint },
    keys: { log: attacker.verifierKeys(harness.instance).map(formatVerifierKey), witnesses: [] },
  };
}

describe('receipt', () => {
  test('verifies with the pinned keys, and says that no witness has cosigned', async () => {
    expect(receiptSchema.parse(receipt)).toEqual(receipt);
    const report = await verifyReceipt(receipt, { pinnedKeys: harness.vkeys, request, response });
    expect(report).toMatchObject({ verdict: 'verified', unchecked: [], witnesses: [], failure: undefined });
    expect(report.passed).toEqual([
      'leaf',
      'id',
      'salt',
      'request',
      'response',
      'inclusion',
      'signature',
      'pin',
    ]);
    expect(describeReport(report).at(-1)).toContain('no witness has cosigned');
  });

  test('agrees with itself but is not verified while no key is pinned', async () => {
    expect((await verifyReceipt(receipt)).verdict).toBe('unpinned');
  });

  test('is pending until it is sequenced, refusals too', async () => {
    await harness.record([
      harness.callEvent('call_waiting', { decision: { outcome: 'refused', rules: ['closed'] } }),
    ]);
    const pending = await harness.receipt('call_waiting');
    expect(pending.status).toBe('pending');
    expect((await verifyReceipt(pending, { pinnedKeys: harness.vkeys })).verdict).toBe('pending');
    await harness.sequencer.sequenceBatch();
    const sequenced = await harness.receipt('call_waiting');
    expect(sequenced.leaf).toBe(pending.leaf);
    expect((await verifyReceipt(sequenced, { pinnedKeys: harness.vkeys })).verdict).toBe('verified');
  });

  test('belongs to its organisation alone', async () => {
    expect(await harness.receipts.receiptById('org_other', 'call_77')).toBeUndefined();
  });

  test('that somebody else signed is not accepted with the pinned key', async () => {
    const forged = resigned(receipt);
    expect((await verifyReceipt(forged)).verdict).toBe('unpinned');
    const report = await verifyReceipt(forged, { pinnedKeys: harness.vkeys });
    expect(report).toMatchObject({ verdict: 'wrong', failure: { check: 'pin' } });
  });

  test('that carries a true signature over another head is not accepted', async () => {
    const forged = resigned(receipt);
    const [, trueLines = ''] = receipt.log!.checkpoint.split('\n\n');
    const log = { ...forged.log!, checkpoint: forged.log!.checkpoint + trueLines };
    const keys = { log: [...forged.keys.log, ...receipt.keys.log], witnesses: [] };
    const report = await verifyReceipt({ ...forged, log, keys }, { pinnedKeys: harness.vkeys });
    expect(report).toMatchObject({ verdict: 'wrong', failure: { check: 'signature' } });
  });

  test('without the ML-DSA signature is not accepted where that key is pinned', async () => {
    const [ed25519 = ''] = harness.vkeys;
    const checkpoint = `${receipt.log!.checkpoint.split('\n').slice(0, 5).join('\n')}\n`;
    const stripped = {
      ...receipt,
      log: { ...receipt.log!, checkpoint },
      keys: { log: [ed25519], witnesses: [] },
    };
    expect((await verifyReceipt(stripped, { pinnedKeys: [ed25519] })).verdict).toBe('verified');
    expect(await verifyReceipt(stripped, { pinnedKeys: harness.vkeys })).toMatchObject({
      failure: { check: 'pin' },
    });
  });

  test('shows another request, answer or salt by name', async () => {
    const pinnedKeys = harness.vkeys;
    const other = Buffer.from('another');
    expect(await verifyReceipt(receipt, { pinnedKeys, request: other })).toMatchObject({
      failure: { check: 'request' },
    });
    expect(await verifyReceipt(receipt, { pinnedKeys, response: other })).toMatchObject({
      failure: { check: 'response' },
    });
    const salt = randomBytes(32).toString('base64');
    expect(await verifyReceipt({ ...receipt, salt }, { pinnedKeys })).toMatchObject({
      failure: { check: 'salt' },
    });
  });

  test('still verifies once its salt was erased, and says what can no longer be checked', async () => {
    const erased = { ...receipt, salt: null };
    const report = await verifyReceipt(erased, { pinnedKeys: harness.vkeys, request });
    expect(report).toMatchObject({ verdict: 'verified', unchecked: ['request'] });
  });

  test('shows every changed byte, wherever it is', { timeout: 240_000 }, async () => {
    const bytes = Buffer.from(JSON.stringify(receipt));
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      const report = await verifyReceipt(damaged, { pinnedKeys: harness.vkeys });
      if (report.verdict !== 'wrong')
        throw new Error(`byte ${at} was changed and not noticed: ${report.verdict}`);
    }
  });

  test('shows any change of any byte to any other', async () => {
    const bytes = Buffer.from(JSON.stringify(receipt));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        expect((await verifyReceipt(damaged, { pinnedKeys: harness.vkeys })).verdict).toBe('wrong');
      }),
      { numRuns: 500 },
    );
  });

  test('refuses a name that is given twice, for two readers could read two things', async () => {
    const text = JSON.stringify(receipt).replace('"id":', '"id":"call_1","id":');
    expect(await verifyReceipt(text, { pinnedKeys: harness.vkeys })).toMatchObject({
      failure: { check: 'json' },
    });
  });
});

describe('evidence', () => {
  const everything = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

  test('of a period verifies as a whole', async () => {
    const file = await harness.receipts.evidence(organisationId, everything);
    const report = await verifyReceipt(file, { pinnedKeys: harness.vkeys });
    expect(report).toMatchObject({ verdict: 'verified', failure: undefined });
    expect(report.entries.length).toBeGreaterThanOrEqual(300);
  });

  test('names the entry that is wrong, and that one only', async () => {
    const file = await harness.receipts.evidence(organisationId, everything);
    const bundle = JSON.parse(file) as { receipts: { id: string; leaf: string }[] };
    const victim = bundle.receipts.find(({ id }) => id === 'call_123')!;
    victim.leaf = Buffer.from(
      Buffer.from(victim.leaf, 'base64').toString().replace('"public"', '"special"'),
    ).toString('base64');
    const report = await verifyReceipt(bundle, { pinnedKeys: harness.vkeys });
    const wrong = report.entries.filter(({ verdict }) => verdict !== 'verified');
    expect(wrong).toMatchObject([{ id: 'call_123', failure: { check: 'inclusion' } }]);
    expect(report.verdict).toBe('wrong');
    expect(describeReport(report, 'sv').join('\n')).toContain('FEL: call_123: inte i det signerade trädet');
  });

  test('refuses an empty period', async () => {
    const period = { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' };
    await expect(harness.receipts.evidence(organisationId, period)).rejects.toMatchObject({
      code: 'evidence.empty',
    });
  });
});

describe('the example in docs/verify.md', () => {
  test('verifies with its pinned key, its witness and its request', async () => {
    const read = (name: string) => readFile(new URL(`../../docs/verify-example/${name}`, import.meta.url));
    const vkey = async (name: string) => (await read(name)).toString().trim();
    const report = await verifyReceipt(await read('receipt.json'), {
      pinnedKeys: [await vkey('log.vkey')],
      pinnedWitnesses: [await vkey('witness.vkey')],
      request: await read('request.txt'),
    });
    expect(report).toMatchObject({
      verdict: 'verified',
      unchecked: [],
      witnesses: ['witness.example.net/dpo'],
    });
  });
});

describe('list of receipts', () => {
  test('goes page by page, newest first, each once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await harness.receipts.list(organisationId, { limit: 70, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(300);
  });

  test('filters by what the leaf says', async () => {
    const none = await harness.receipts.list(organisationId, { limit: 5, dataClass: 'special' });
    const some = await harness.receipts.list(organisationId, {
      limit: 5,
      dataClass: 'public',
      site: 'site_borlange',
      outcome: 'answered',
    });
    expect([none.items.length, some.items.length]).toEqual([0, 5]);
    expect(some.items[0]).toMatchObject({
      siteId: 'site_borlange',
      model: 'triage',
      rules: ['public-anywhere'],
    });
  });
});

describe.each(nodeVersions())('verifier as one file in an empty folder, on %s', (node) => {
  const run = promisify(execFile);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-'));
    await copyFile(verifierFile, join(folder, 'verify.mjs'));
    await writeFile(join(folder, 'receipt.json'), JSON.stringify(receipt));
    await writeFile(join(folder, 'flipped.json'), JSON.stringify({ ...receipt, id: 'call_78' }));
    await writeFile(join(folder, 'resigned.json'), JSON.stringify(resigned(receipt)));
    await writeFile(
      join(folder, 'pending.json'),
      JSON.stringify({ ...receipt, status: 'pending', log: undefined }),
    );
    await writeFile(join(folder, 'request.json'), request);
    await writeFile(join(folder, 'both.vkeys'), harness.vkeys.join('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const verify = async (...args: string[]) => {
    const ended = await run(node, ['verify.mjs', ...args], { cwd: folder, env: {} }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    expect(ended.stderr).toBe('');
    return { code: ended.code, text: ended.stdout };
  };

  test('answers with the documented exit codes', async () => {
    const [ed25519 = ''] = harness.vkeys;
    const good = await verify('receipt.json', '--key', ed25519, '--request', 'request.json');
    expect(good).toMatchObject({
      code: 0,
      text: expect.stringContaining('no witness has cosigned') as string,
    });
    const wrong = await verify('flipped.json', '--key', ed25519);
    expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining('expected: call_77') as string });
    expect((await verify('resigned.json', '--key', ed25519)).code).toBe(1);
    expect((await verify('receipt.json', '--key', ed25519, '--response', 'request.json')).code).toBe(1);
    expect((await verify('--key', ed25519)).code).toBe(2);
    expect((await verify('missing.json')).code).toBe(2);
    expect((await verify('receipt.json', '--unknown')).code).toBe(2);
    expect((await verify('pending.json', '--key', ed25519)).code).toBe(4);
    expect(await verify('receipt.json', '--lang', 'fr')).toMatchObject({
      code: 3,
      text: expect.stringContaining('clé non épinglée') as string,
    });
  });

  test('says which signature it could not check, and only then', async () => {
    const { code, text } = await verify('receipt.json', '--key', 'both.vkeys', '--json');
    const { unchecked } = JSON.parse(text) as { unchecked: string[] };
    const { stdout: version } = await run(node, ['--version']);
    const [, major = '0', minor = '0'] = /v(\d+)\.(\d+)/.exec(version) ?? [];
    const hasMlDsa = Number(major) * 100 + Number(minor) >= 2407;
    expect(code).toBe(0);
    expect(unchecked).toHaveLength(hasMlDsa ? 0 : 1);
    if (!hasMlDsa)
      expect(receipt.log?.checkpoint).toContain(
        Buffer.from(unchecked[0]?.slice(-8) ?? '', 'hex')
          .toString('base64')
          .slice(0, 5),
      );
  });
});
