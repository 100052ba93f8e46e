import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { verifyReceipt } from '@kulning/verify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commitment } from '../src/core/ledger/leaf.ts';
import { insertVaultRecords } from '../src/features/privacy/index.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { createEpochUse } from '../src/platform/vault/epoch-use.ts';
import { keyEpochWatcher } from '../src/platform/vault/key-epoch-watcher.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { organisationId } from './privacy-harness.ts';
import { anna, askFor, bob, canaries, privacyStage, type PrivacyStage, rawRows } from './privacy-stage.ts';

describe('erasing a person', () => {
  let stage: PrivacyStage;

  beforeEach(async () => {
    stage = await privacyStage();
  });

  afterEach(() => stage.close());

  it('destroys what is hers alone, takes her out of what is shared, and leaves everybody else readable', async () => {
    await stage.seed();
    const { erasureId } = await stage.erase();
    const erasure = await stage.completed(erasureId);
    for (const id of ['call_sole', 'call_named', 'call_large']) expect(await stage.read(id)).toBeUndefined();
    expect(await stage.read('call_shared')).toEqual({
      prompt: 'Send the offer to [erased] and bob@canary-kulning.example',
      answer: 'Done.',
    });
    expect(await stage.read('call_bob')).toMatchObject({ salt: 's' });
    for (let at = 0; at < 30; at++)
      expect(await stage.read(`call_other_${at}`)).toEqual({ prompt: `question ${at} of customer-${at}` });
    expect(erasure.steps.find(({ store }) => store === 'calls')).toMatchObject({
      found: 4,
      destroyed: 3,
      redacted: 1,
      pending: [],
      readBack: 'gone',
    });
    expect(erasure.steps.map(({ store, readBack }) => `${store} ${readBack}`)).toEqual([
      'backups residual',
      'batches gone',
      'blobs gone',
      'calls gone',
      'erasures unreadable',
      'files gone',
      'log gone',
      'sample gone',
      'spool gone',
    ]);
    expect(await stage.privacy.subjects.find(askFor())).toMatchObject({
      matched: 0,
      candidates: [],
      restricted: false,
    });
  });

  it('certifies with commitments alone, and the ledger carries the commitment to exactly these bytes', async () => {
    await stage.seed();
    const { erasureId, subjectSalt } = await stage.erase();
    await stage.completed(erasureId);
    const file = JSON.parse(await stage.privacy.erasures.certificate({ organisationId, erasureId }));
    const leaf = JSON.parse(Buffer.from(file.leaf, 'base64').toString());
    expect(leaf).toMatchObject({ kind: 'subject.erased', id: erasureId, epochDestroyed: 1 });
    expect(leaf.certificate).toBe(
      commitment(Buffer.from(file.salt, 'base64'), Buffer.from(file.certificate)),
    );
    const identifiers = JSON.stringify([`email:${anna.email}`, 'phone:707391286']);
    expect(leaf.subject).toBe(commitment(Buffer.from(subjectSalt, 'base64'), Buffer.from(identifiers)));
    expect(JSON.parse(file.certificate)).toMatchObject({
      residualCopies: [{ where: { sv: 'säkerhetskopia of yesterday' }, readable: false }],
      notVerifiable: [{ what: { fr: 'copies de sauvegardes' } }],
      key: { epochDestroyed: 1, processesThatForgotIt: ['control'] },
    });
    for (const canary of canaries) expect(JSON.stringify(file)).not.toContain(canary);
    await stage.ledger.sequence();
    const { receipt } = JSON.parse(await stage.privacy.erasures.certificate({ organisationId, erasureId }));
    expect((await verifyReceipt(receipt, { pinnedKeys: stage.ledger.vkeys })).verdict).toBe('verified');
    const events = await rawRows<{ leaf: Buffer }>(stage.database, 'select leaf from ledger_entry');
    const kinds = events.map((row) => JSON.parse(row.leaf.toString()).kind);
    expect(kinds.filter((kind) => kind === 'subject.erased')).toHaveLength(1);
  });

  it('tells two people of one name apart by what else is in the record, and touches nothing undecided', async () => {
    await stage.put([
      {
        id: 'call_anna_a',
        content: { prompt: 'Anna Lind, anna.a@canary-kulning.example, wants her invoice' },
      },
      {
        id: 'call_anna_b',
        content: { prompt: 'Anna Lind of Falun, reachable at anna.b@other.example, likes cats' },
      },
      { id: 'call_anna_c', content: { prompt: 'please remind anna lind about the meeting' } },
    ]);
    const identifiers = ['Anna Lind', 'anna.a@canary-kulning.example'];
    const findings = await stage.privacy.subjects.find(askFor(identifiers));
    expect(findings.matched).toBe(1);
    expect(
      findings.candidates.map(({ recordIds, otherIdentifiers, contexts }) => [
        recordIds,
        otherIdentifiers,
        contexts,
      ]),
    ).toEqual([
      [
        ['call_anna_b'],
        ['a•••@o•••.example'],
        ['Anna Lind of Falun, reachable at a•••@o•••.example, likes cats'],
      ],
      [['call_anna_c'], [], ['please remind anna lind about the meeting']],
    ]);
    await expect(stage.erase(identifiers)).rejects.toMatchObject({ code: 'erasure.undecided' });
    const decisions = [
      { recordId: 'call_anna_b', action: 'keep' as const },
      { recordId: 'call_anna_c', action: 'destroy' as const },
    ];
    const { erasureId } = await stage.erase(identifiers, decisions);
    const erasure = await stage.completed(erasureId);
    expect(erasure.steps.find(({ store }) => store === 'calls')).toMatchObject({
      destroyed: 2,
      kept: 1,
      readBack: 'gone',
    });
    expect(await stage.read('call_anna_b')).toEqual({
      prompt: 'Anna Lind of Falun, reachable at anna.b@other.example, likes cats',
    });
    expect(await stage.read('call_anna_c')).toBeUndefined();
  });

  it('leaves to a human what it cannot take out surely, and says so', async () => {
    await stage.put([
      { id: 'call_hard', content: { prompt: `${anna.email} told ${bob}: "just call me Anna"` } },
    ]);
    const { erasureId } = await stage.erase([anna.email]);
    const erasure = await stage.completed(erasureId);
    expect(erasure).toMatchObject({ pendingRecords: 1 });
    expect(erasure.steps.find(({ store }) => store === 'calls')).toMatchObject({
      pending: ['call_hard'],
      readBack: 'pending',
      redacted: 0,
    });
    expect(await stage.read('call_hard')).toBeDefined();
  });

  it('refuses a plan that changed since it was previewed, and one that finds nobody', async () => {
    await stage.seed();
    const asked = { ...askFor(), decisions: [] };
    const { digest } = await stage.privacy.subjects.preview(asked);
    await stage.put([{ id: 'call_new', content: { prompt: anna.email } }]);
    await expect(
      stage.privacy.subjects.erase({ ...asked, preview: digest, requestedBy: null }),
    ).rejects.toMatchObject({ code: 'erasure.plan_changed' });
    await expect(stage.erase(['nobody@canary-kulning.example'])).rejects.toMatchObject({
      code: 'erasure.nothing_found',
    });
  });

  it('waits for a process whose spool still holds records under the old key, and loses none of them', async () => {
    await stage.seed();
    const gatewayVault = createVault(stage.keystore);
    const epochUse = createEpochUse();
    const gateway = await keyEpochWatcher({
      database: stage.database.app,
      keystore: stage.keystore,
      vault: gatewayVault,
      holderId: 'gateway-1',
      epochUse,
      log: silentLogger,
      intervalMs: 50,
    });
    await gatewayVault.load(organisationId);
    const sealed = gatewayVault.seal(organisationId, 'call_spooled', Buffer.from('{"salt":"spooled"}'));
    epochUse.hold(organisationId, sealed.epoch);

    const { erasureId } = await stage.erase();
    for (let turn = 0; turn < 10; turn++) {
      await stage.privacy.machine.drive(organisationId);
      await sleep(50);
    }
    const waiting = await stage.privacy.erasures.get({ organisationId, erasureId }, 'en');
    expect(waiting).toMatchObject({ state: 'rotated', waitingFor: expect.stringContaining('gateway-1') });
    expect(gatewayVault.epoch(organisationId)).toBe(2);

    await stage.database.app.inOrganisation(organisationId, (trx) =>
      insertVaultRecords(trx, [
        {
          organisationId,
          id: 'call_spooled',
          store: 'calls',
          sealed,
          links: [],
          createdAt: new Date(),
          expiresAt: new Date(Date.now() + 1e9),
        },
      ]),
    );
    epochUse.release(organisationId, sealed.epoch);
    await stage.completed(erasureId);
    expect(await stage.read('call_spooled')).toEqual({ salt: 'spooled' });
    expect(() => gatewayVault.open(organisationId, 'call_spooled', sealed)).toThrow(
      expect.objectContaining({ code: 'vault.key_destroyed' }),
    );
    await gateway.close();
  });

  it('runs two erasures of one organisation one after the other', async () => {
    await stage.seed();
    const first = await stage.erase();
    const second = await stage.erase(['bob@canary-kulning.example']);
    await stage.completed(second.erasureId);
    expect((await stage.completed(first.erasureId)).state).toBe('completed');
    expect(await stage.read('call_bob')).toBeUndefined();
    expect(await stage.read('call_other_3')).toBeDefined();
    expect(stage.vault.epoch(organisationId)).toBe(3);
  });

  it('exports everything of her and nobody else', async () => {
    await stage.seed();
    const bundle = JSON.parse(await stage.privacy.subjects.export({ ...askFor(), decisions: [] }));
    const records = bundle.stores[0].records as { recordId: string; shared: boolean; content: unknown }[];
    expect(records.map(({ recordId }) => recordId).sort()).toEqual([
      'call_large',
      'call_named',
      'call_shared',
      'call_sole',
    ]);
    expect(JSON.stringify(bundle)).not.toContain('bob@canary');
    expect(records.find(({ shared }) => shared)?.content).toEqual({
      prompt: `Send the offer to ${anna.email} and b•••@c•••.example`,
      answer: 'Done.',
    });
    expect(JSON.stringify(bundle)).not.toContain('"salt"');
  });

  it('keeps the log free of her', async () => {
    await stage.seed();
    await stage.completed((await stage.erase()).erasureId);
    const log = await readFile(join(stage.folders.log, 'kulning.log'), 'utf8').catch(() => '');
    for (const canary of canaries) expect(log).not.toContain(canary);
  });
});
