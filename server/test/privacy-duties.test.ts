import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileStore, restrictedSubjects, storeDescriptions } from '../src/features/privacy/index.ts';
import { sweepExpired, sweepOrphanBlobs } from '../src/features/privacy/retention-sweep.ts';
import { createSubject } from '../src/features/privacy/subject.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { keyEpochWatcher } from '../src/platform/vault/key-epoch-watcher.ts';
import { bindKeystore } from '../src/platform/vault/keystore-binding-store.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { organisationId } from './privacy-harness.ts';
import { anna, askFor, privacyStage, type PrivacyStage, rawRows } from './privacy-stage.ts';

describe('duties beside erasure', () => {
  let stage: PrivacyStage;

  beforeEach(async () => {
    stage = await privacyStage();
  });

  afterEach(() => stage.close());

  const restricted = () =>
    stage.database.app.inInstance(
      'test',
      async (trx) => (await restrictedSubjects(trx)).get(organisationId) ?? new Set(),
    );

  it('a restriction reaches the snapshot in every spelling, is told to gateways, and ends', async () => {
    await stage.vault.load(organisationId);
    const [before] = await rawRows<{ version: string }>(
      stage.database,
      "select version from control_version where part = 'organisations'",
    );
    await stage.privacy.subjects.restrict({ ...askFor(['+46 70 739 12 86']), ground: 'objection' });
    const index = stage.vault.blindIndex(organisationId, '070-739 12 86');
    expect(await restricted()).toEqual(new Set([index]));
    const [after] = await rawRows<{ version: string }>(
      stage.database,
      "select version from control_version where part = 'organisations'",
    );
    expect(Number(after?.version)).toBe(Number(before?.version) + 1);
    await stage.privacy.subjects.unrestrict(askFor(['0707391286']));
    expect(await restricted()).toEqual(new Set());
  });

  it('a person under erasure is restricted until it is complete', async () => {
    await stage.seed();
    const { erasureId } = await stage.erase();
    expect((await restricted()).size).toBe(2);
    await stage.completed(erasureId);
    expect((await restricted()).size).toBe(0);
  });

  it('the ledger says that somebody was looked up, and not who', async () => {
    await stage.seed();
    await stage.privacy.subjects.find(askFor());
    const leaves = await rawRows<{ leaf: Buffer }>(stage.database, 'select leaf from ledger_outbox');
    expect(leaves.map(({ leaf }) => JSON.parse(leaf.toString()).kind)).toEqual(['subject.searched']);
    expect(leaves[0]?.leaf.toString()).not.toContain('canary');
  });

  it('content whose time is over goes with its blob, and a blob that nobody needs goes too', async () => {
    await stage.seed();
    const digests = async () => {
      const found: string[] = [];
      for await (const { digest } of stage.blobs.list()) found.push(digest);
      return found;
    };
    expect(await digests()).toHaveLength(1);
    const orphan = await stage.content.seal(organisationId, 'call_lost', Buffer.alloc(300_000));
    expect(await digests()).toHaveLength(2);
    const options = { database: stage.database.app, blobs: stage.blobs, log: silentLogger };
    expect(await sweepExpired({ ...options, clock: { now: () => Date.now() } })).toBe(0);
    expect(await sweepOrphanBlobs({ ...options, clock: { now: () => Date.now() } })).toBe(0);
    expect(await sweepOrphanBlobs({ ...options, clock: { now: () => Date.now() + 7_200_000 } })).toBe(1);
    expect(await digests()).not.toContain('blobDigest' in orphan ? orphan.blobDigest : '');
    expect(await sweepExpired({ ...options, clock: { now: () => Date.now() + 2 * 86_400_000 } })).toBe(35);
    expect(await digests()).toEqual([]);
  });

  it('content that nobody is named in is not taken without an end', async () => {
    await expect(
      rawRows(
        stage.database,
        "insert into vault_record (organisation_id, id, store, epoch, wrapped_key, nonce, ciphertext, attributed, created_at) values ('o', 'r', 'calls', 1, '', '', '', false, now())",
      ),
    ).rejects.toThrow(/vault_record_retention_check/);
  });

  it('a process forgets a destroyed key within a second, also when nobody tells it', async () => {
    const vault = createVault(stage.keystore);
    const watcher = await keyEpochWatcher({
      database: stage.database.app,
      keystore: stage.keystore,
      vault,
      holderId: 'gateway-1',
      log: silentLogger,
    });
    await vault.load(organisationId);
    const sealed = vault.seal(organisationId, 'r', Buffer.from('x'));
    const elsewhere = await openFileKeystore(stage.folders.keys);
    await elsewhere.rotate(organisationId, sealed.epoch);
    await elsewhere.destroy(organisationId, {
      epoch: sealed.epoch,
      erasureId: 'erasure_x',
      recordIds: [],
      at: '2026-11-22T00:00:00.000Z',
    });
    const deadline = Date.now() + 10_000;
    while (vault.epoch(organisationId) === sealed.epoch && Date.now() < deadline) await sleep(20);
    expect(() => vault.open(organisationId, 'r', sealed)).toThrow(
      expect.objectContaining({ code: 'vault.key_destroyed' }),
    );
    await watcher.close();
  });

  it('a database refuses another keystore than its own', async () => {
    await bindKeystore(stage.database.app, stage.keystore);
    await bindKeystore(stage.database.app, await openFileKeystore(stage.folders.keys));
    const foreign = await openFileKeystore(join(stage.folders.root, 'other-keys'));
    await expect(bindKeystore(stage.database.app, foreign)).rejects.toMatchObject({
      code: 'keys.wrong_keystore',
    });
  });

  it('reading files back finds a person written in clear, across the edge of two pieces and in UTF-16', async () => {
    const folder = join(stage.folders.root, 'scan');
    await mkdir(folder);
    await stage.vault.load(organisationId);
    const subject = createSubject(stage.vault, organisationId, [anna.email]);
    const store = createFileStore({
      name: 'log',
      description: storeDescriptions.log,
      folders: [folder],
    });
    const verify = () => store.verify(subject, [], new Set());
    await writeFile(join(folder, 'clean.log'), 'nothing here');
    expect(await verify()).toMatchObject({ readBack: 'gone' });
    await writeFile(join(folder, 'edge.log'), `${'x'.repeat((1 << 20) - 10)}${anna.email.toUpperCase()}`);
    expect(await verify()).toMatchObject({
      readBack: 'found',
      evidence: { sv: expect.stringContaining('edge.log') },
    });
    await writeFile(join(folder, 'edge.log'), Buffer.from(anna.email, 'utf16le'));
    expect(await verify()).toMatchObject({ readBack: 'found' });
  });
});
