import { guardDetectors, guardrailsOperations } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { detectorNames, Place } from '../src/core/guard/detector.ts';
import { createGuardrails, createKnownSubjects, readGuardFacts } from '../src/features/guardrails/index.ts';
import type { Route } from '../src/platform/http/route.ts';
import { agency, ask, client, contentScene, stranger } from './content-scene.ts';

let scene: Awaited<ReturnType<typeof contentScene>>;
let routes: readonly Route[];

beforeAll(async () => {
  scene = await contentScene();
  const { vault, clock, record } = scene;
  ({ routes } = createGuardrails({ database: scene.database.app.withTables(), vault, clock, record }));
});
afterAll(() => scene.close());

const { get, set, setKey, test } = guardrailsOperations;
const factsOf = async (keyId: string, organisationId: string) => {
  const lookup = await scene.database.app.inInstance('snapshot', (trx) => readGuardFacts(trx));
  return lookup(keyId, organisationId);
};

describe('rules of guardrails', () => {
  it('may be set for whatever there is a detector for', () => {
    expect(guardDetectors).toEqual(detectorNames);
  });

  it('are none until somebody sets them, and cost a key nothing then', async () => {
    expect(await ask(routes, get, stranger)).toMatchObject({
      rules: {},
      effective: {},
      keys: [],
      changedAt: null,
    });
    expect(await factsOf(`key_${stranger}`, stranger)).toBeUndefined();
  });

  it('of an agency bind its clients, who may tighten them and not loosen them', async () => {
    await ask(routes, set, agency, { body: { rules: { email: { request: 'mask' } } } });
    expect(await ask(routes, get, client)).toMatchObject({
      rules: {},
      inherited: { email: { request: 'mask' } },
      effective: { email: { request: 'mask' } },
    });
    await expect(
      ask(routes, set, client, { body: { rules: { email: { request: 'flag' }, iban: { answer: 'flag' } } } }),
    ).rejects.toMatchObject({ code: 'guardrails.loosened', message: expect.stringContaining('email') });
    const tightened = await ask(routes, set, client, {
      body: { rules: { email: { request: 'block' }, phone: { request: 'flag' } } },
    });
    expect(tightened.effective).toEqual({ email: { request: 'block' }, phone: { request: 'flag' } });
    expect((await factsOf(`key_${client}`, client))?.rules).toEqual(tightened.effective);
    expect((await factsOf(`key_${agency}`, agency))?.rules).toEqual({ email: { request: 'mask' } });
    expect(await factsOf(`key_${stranger}`, stranger)).toBeUndefined();
  });

  it('of an agency that become stricter later bind all the same', async () => {
    await ask(routes, set, agency, {
      body: { rules: { email: { request: 'mask' }, phone: { request: 'block' } } },
    });
    expect((await ask(routes, get, client)).effective).toMatchObject({ phone: { request: 'block' } });
  });

  it('of a key tighten those of its organisation', async () => {
    const keyId = `key_${client}`;
    await expect(
      ask(routes, setKey, client, { params: { keyId }, body: { rules: { email: { request: 'mask' } } } }),
    ).rejects.toMatchObject({ code: 'guardrails.loosened' });
    const view = await ask(routes, setKey, client, {
      params: { keyId },
      body: { rules: { iban: { answer: 'mask' } } },
    });
    expect(view.keys).toEqual([{ keyId, name: `key of ${client}`, rules: { iban: { answer: 'mask' } } }]);
    expect((await factsOf(keyId, client))?.rules).toMatchObject({
      iban: { answer: 'mask' },
      email: { request: 'block' },
    });
    expect((await factsOf('key_other', client))?.rules).not.toHaveProperty('iban');
    await expect(
      ask(routes, setKey, stranger, { params: { keyId }, body: { rules: {} } }),
    ).rejects.toMatchObject({ code: 'key.unknown' });
  });

  it('are in the ledger, and told to gateways', async () => {
    const before = await sql<{
      version: bigint;
    }>`select version from kulning.control_version where part = 'content'`
      .execute(scene.database.app.kysely)
      .then(({ rows }) => rows[0]?.version);
    await ask(routes, set, stranger, { body: { rules: { iban: { request: 'flag' } } } });
    const after = await sql<{
      version: bigint;
    }>`select version from kulning.control_version where part = 'content'`
      .execute(scene.database.app.kysely)
      .then(({ rows }) => rows[0]?.version);
    expect(after).toBe((before ?? 0n) + 1n);
    expect(scene.events.at(-1)).toMatchObject({
      kind: 'guardrails.changed',
      organisation: stranger,
      body: { rules: { iban: { request: 'flag' } } },
    });
  });
});

describe('trying guardrails', () => {
  it('shows what every detector finds, and what the rules would make of it', async () => {
    await ask(routes, set, stranger, { body: { rules: { email: { request: 'mask_and_restore' } } } });
    const tried = await ask(routes, test, stranger, { body: { text: 'a@b.se or 070-123 45 67' } });
    expect(tried).toEqual({
      findings: [
        { detector: 'email', start: 0, end: 6, action: 'mask_and_restore' },
        { detector: 'phone', start: 10, end: 23, action: null },
      ],
      masked: '[EMAIL_1] or 070-123 45 67',
      notice: expect.stringContaining('does not mean that nothing is there'),
    });
    const blocked = await ask(routes, test, client, { body: { text: 'a@b.se' } });
    expect(blocked.masked).toBeNull();
  });

  it('finds persons whom callers named, in this organisation alone', async () => {
    await scene.vault.load(stranger);
    const index = scene.vault.blindIndex(stranger, 'Anna Lind');
    await scene.database.app.inOrganisation(stranger, async (trx) => {
      await sql`insert into kulning.vault_record (organisation_id, id, store, epoch, wrapped_key, nonce, ciphertext, attributed, created_at)
        values (${stranger}, 'call_1', 'calls', 1, '', '', '', true, now())`.execute(trx);
      await sql`insert into kulning.record_subject (organisation_id, record_id, subject_index, origin, strength)
        values (${stranger}, 'call_1', ${index}, 'named', 'weak')`.execute(trx);
    });
    const text = 'Lind, Anna was here. Anna Berg was not.';
    expect((await ask(routes, test, stranger, { body: { text } })).findings).toEqual([
      { detector: 'known_subject', start: 0, end: 10, action: null },
    ]);
    expect((await ask(routes, test, client, { body: { text } })).findings).toEqual([]);
    const known = createKnownSubjects(scene.database.app.withTables(), scene.vault);
    const found = () => known.detectorFor(stranger);
    expect(found().endAt(new Place(text))).toBe(0);
    await known.refresh(new Set([stranger]));
    expect(found().endAt(new Place(text))).toBe(10);
    await known.refresh(new Set());
    expect(found().endAt(new Place(text))).toBe(0);
  });
});
