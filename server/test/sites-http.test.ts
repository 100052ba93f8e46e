import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  backupOperations,
  type Client,
  createClient,
  identityOperations,
  instanceOperations,
  policyOperations,
  type Scope,
  sitesOperations,
} from '@kulning/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from './database.ts';
import { type RoleProcess, startRole } from './role-process.ts';

let folder: string;
let database: TestDatabase;
let control: RoleProcess;
let owner: Client;
let cookie = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kln-http-'));
  database = await testDatabase({ through: 0 });
  const state = { databaseUrl: database.url, home: join(folder, 'home'), keys: join(folder, 'keys') };
  control = await startRole('control', state);
  owner = createClient({ baseUrl: control.url, language: 'sv', fetch: withCookie });
});
afterAll(async () => {
  await control.kill();
  await database.close();
  await rm(folder, { recursive: true });
});

const withCookie: typeof fetch = async (url, init) => {
  const headers = { ...(init?.headers as Record<string, string>), ...(cookie !== '' && { cookie }) };
  const response = await fetch(url, { ...init, headers });
  cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  return response;
};

const claimed = {
  organisation: 'Kullabygdens El',
  name: 'Maja Ek',
  email: 'maja@example.org',
  passphrase: 'en ko på Dalarnas kullar',
  language: 'sv',
  machine: { country: 'SE', operator: 'Kullabygdens El AB', place: 'Leksand' },
} as const;

/** A key that holds these scopes alone. */
async function keyWith(...scopes: readonly Scope[]): Promise<Client> {
  const { secret } = await owner.call(identityOperations.createKey, {
    body: { name: 'key', scopes: [...scopes] },
  });
  return createClient({ baseUrl: control.url, key: secret });
}

/** Past the client's own checks, as another program would send it. */
async function send(
  method: string,
  path: string,
  body: string,
): Promise<{ status: number; code: string; path?: string }> {
  const response = await fetch(`${control.url}${path}`, {
    method,
    body,
    headers: { cookie, 'content-type': 'application/json', 'x-kulning-csrf': '1' },
  });
  const answer = (await response.json()) as { error: { code: string; path?: string } };
  return { status: response.status, ...answer.error };
}

describe('claiming', () => {
  test('takes a point whole or not at all, and the machine is on the map afterwards', async () => {
    const body = { ...claimed, token: control.claimToken ?? '' };
    await expect(
      owner.call(identityOperations.claim, {
        body: { ...body, machine: { ...claimed.machine, latitude: 60.7 } },
      }),
    ).rejects.toMatchObject({ status: 400, path: expect.stringContaining('longitude') });
    await owner.call(identityOperations.claim, { body });
    expect(await owner.call(sitesOperations.get, { params: { id: 'this-machine' } })).toMatchObject({
      name: 'this-machine',
      place: 'Leksand',
      latitude: 60.7,
      longitude: 15,
      coordinatesOf: 'town',
      unclaimed: false,
    });
    const here = { site: 'this-machine', place: 'Leksand', country: 'SE', tier: 'T0', simulated: false };
    const before = await owner.call(instanceOperations.where);
    expect(before).toMatchObject({ processing: [here], storage: [here], backups: [] });
    await owner.call(backupOperations.create);
    expect((await owner.call(instanceOperations.where)).backups).toEqual([here]);
  });
});

describe('sites over HTTP', () => {
  const falun = { slug: 'falun', name: 'Falun', place: 'Falun, Sweden', country: 'SE', operator: 'Ek Drift' };

  test('are made, read, changed, withdrawn from and removed, and remember what was said', async () => {
    const made = await owner.call(sitesOperations.create, { body: falun });
    expect(made).toMatchObject({
      ...falun,
      country: { value: 'SE', tier: 'T0' },
      operator: { value: 'Ek Drift' },
    });
    expect(made).toMatchObject({ latitude: 60.6, longitude: 15.6, coordinatesOf: 'town' });
    await owner.call(sitesOperations.update, { params: { id: 'falun' }, body: { gramsCo2PerKwh: 20 } });
    const changed = await owner.call(sitesOperations.update, {
      params: { id: made.id },
      body: { operator: null, latitude: 60.61, longitude: 15.63 },
    });
    expect(changed).toMatchObject({
      gramsCo2PerKwh: { value: 20, provenance: 'declared' },
      latitude: 60.61,
      coordinatesOf: 'site',
    });
    expect(changed).not.toHaveProperty('operator');
    const { items } = await owner.call(sitesOperations.history, { params: { id: 'falun' } });
    expect(items.find(({ fact }) => fact === 'operator')).toMatchObject({
      value: 'Ek Drift',
      replacedAt: expect.any(String),
    });
    await owner.call(sitesOperations.delete, { params: { id: 'falun' } });
    const slugs = (await owner.call(sitesOperations.list)).items.map(({ slug }) => slug);
    expect(slugs).toEqual(['borlange', 'borlange-simulated', 'essonne-simulated', 'this-machine']);
  });

  test.each([
    ['POST', '/api/v1/sites', '{"slug": "falun"', 400, 'request.'],
    ['POST', '/api/v1/sites', JSON.stringify({ ...falun, slug: 'Falun!' }), 400, 'request.'],
    ['POST', '/api/v1/sites', JSON.stringify({ ...falun, country: 'Sweden' }), 400, 'request.'],
    ['POST', '/api/v1/sites', JSON.stringify({ ...falun, latitude: 91 }), 400, 'request.'],
    ['POST', '/api/v1/sites', JSON.stringify({ ...falun, colour: 'red' }), 400, 'request.'],
    ['POST', '/api/v1/sites', JSON.stringify({ ...falun, slug: 'borlange' }), 409, 'site.slug_taken'],
    ['PATCH', '/api/v1/sites/atlantis', '{"country":"SE"}', 404, 'site.unknown'],
    ['PATCH', '/api/v1/sites/borlange', '{"simulated":true}', 400, 'request.'],
    ['DELETE', '/api/v1/sites/this-machine', '', 409, 'site.in_use'],
  ])('%s %s %s is refused with %i %s', async (method, path, body, status, code) => {
    const before = await owner.call(sitesOperations.list);
    const refused = await send(method, path, body);
    expect(refused.status).toBe(status);
    expect(refused.code).toContain(code);
    expect(await owner.call(sitesOperations.list)).toEqual(before);
  });

  test('may be read by who may read, changed by who may change, and by no stranger', async () => {
    const reader = await keyWith('sites:read');
    expect((await reader.call(sitesOperations.list)).items).toHaveLength(4);
    await expect(reader.call(sitesOperations.create, { body: falun })).rejects.toMatchObject({
      status: 403,
      code: 'auth.scope',
    });
    const stranger = createClient({ baseUrl: control.url });
    await expect(stranger.call(sitesOperations.list)).rejects.toMatchObject({ status: 401 });
    const writer = await keyWith('sites:write');
    await expect(writer.call(sitesOperations.list)).rejects.toMatchObject({ code: 'auth.scope' });
    expect((await writer.call(sitesOperations.create, { body: falun })).slug).toBe('falun');
    await writer.call(sitesOperations.delete, { params: { id: 'falun' } });
  });
});

describe('policy over HTTP', () => {
  const ask = { model: 'kulning-triage', dataClass: 'personal', purpose: 'mail' } as const;
  const forbidAll = (text: string) =>
    `${text}\n@id("closed-for-audit")\n@tag("house")\n@en("Closed for an audit.")\n@fr("Fermé pour un audit.")\n@sv("Stängt för granskning.")\nforbid (principal, action, resource);\n`;

  test('answers whether something would be allowed, in the asker’s words, for another day and another text', async () => {
    const judged = await owner.call(policyOperations.test, { body: ask });
    const here = judged.candidates.find(({ site }) => site.slug === 'this-machine');
    expect(here?.allowedBy.map(({ id }) => id)).toContain('personal-work');
    expect(here?.allowedBy[0]?.words).toMatch(/EU\/EES/);
    const unclassified = await owner.call(policyOperations.test, { body: { model: ask.model } });
    expect(unclassified.outcome).toBe('refused');
    const { text } = await owner.call(policyOperations.get);
    const closed = await owner.call(policyOperations.test, { body: { ...ask, text: forbidAll(text) } });
    expect(closed.outcome).toBe('refused');
    expect(closed.words).toContain('Stängt för granskning.');
    expect((await owner.call(policyOperations.versions)).items).toHaveLength(1);
  });

  test('is compared, activated whole, and goes back the same way', { timeout: 180_000 }, async () => {
    const before = await owner.call(policyOperations.get);
    const narrower = forbidAll(before.text);
    const compared = await owner.call(policyOperations.compare, { body: { text: narrower } });
    expect(compared).toMatchObject({ widened: 0, widensRestricted: false, from: before.hash });
    expect(compared.narrowed).toBeGreaterThan(0);
    const { hash } = await owner.call(policyOperations.activate, { body: { text: narrower } });
    expect((await owner.call(policyOperations.get)).hash).toBe(hash);
    expect((await owner.call(policyOperations.test, { body: ask })).outcome).toBe('refused');

    // Back to what it was lets personal data go where the active policy forbids it: that must be said.
    await expect(
      owner.call(policyOperations.activate, { body: { text: before.text } }),
    ).rejects.toMatchObject({
      status: 409,
    });
    await owner.call(policyOperations.activate, { body: { text: before.text, acceptWider: true } });
    expect(await owner.call(policyOperations.get)).toMatchObject({ hash: before.hash, active: true });
    const { items } = await owner.call(policyOperations.versions);
    expect(items.map((version) => [version.hash, version.active])).toEqual(
      expect.arrayContaining([
        [hash, false],
        [before.hash, true],
      ]),
    );
  });

  test('that is wrong is refused with the place, and the active one stays', async () => {
    const { hash } = await owner.call(policyOperations.get);
    for (const text of [
      'permit (principal',
      'permit (principal, action, resource) when { context.colour == 1 };',
    ]) {
      const refused = await send('POST', '/api/v1/policy/activations', JSON.stringify({ text }));
      expect([400, 422]).toContain(refused.status);
      expect(refused.code).toMatch(/^policy\./);
    }
    expect((await owner.call(policyOperations.get)).hash).toBe(hash);
  });

  test('is read by who may read and changed by who may change', async () => {
    const reader = await keyWith('policy:read');
    const { text } = await reader.call(policyOperations.get);
    await expect(reader.call(policyOperations.activate, { body: { text } })).rejects.toMatchObject({
      status: 403,
      code: 'auth.scope',
    });
    const session = await fetch(`${control.url}/api/v1/policy/activations`, {
      method: 'POST',
      body: JSON.stringify({ text }),
      headers: { cookie, 'content-type': 'application/json' },
    });
    expect(session.status).toBe(403);
  });
});
