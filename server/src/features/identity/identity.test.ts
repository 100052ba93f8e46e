import { beforeEach, describe, expect, test } from 'vitest';

import { createClient, identityOperations as operations, type ClientInput, KulningError } from '@kulning/sdk';
import { instanceOperations } from '@kulning/sdk';

import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import { createApi } from '../../platform/http/api-router.ts';
import { createIdSource } from '../../platform/id-source.ts';
import { silentLogger } from '../../platform/log/logger.ts';
import { createIdentity, type Identity, type IdentityEvent, type IdentityTables } from './index.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const passphrase = 'en ko på Dalarnas kullar';

let database: TestDatabase;
let identity: Identity;
let now: number;
let events: IdentityEvent[];
let declared: unknown[];
/** One browser: it keeps the cookie that the server sets. */
function browser() {
  let cookie = '';
  const app = createApi({
    routes: identity.routes,
    identify: identity.identify,
    ids: createIdSource({ now: () => now }),
    log: silentLogger,
    maxBodyBytes: 10_000,
    version: 'test',
    language: 'en',
  });
  const send: typeof fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    if (cookie) headers.set('cookie', cookie);
    const response = await app.request(url, { ...init, headers });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  return { client: createClient({ baseUrl: 'http://test', fetch: send }), send, app };
}

const claimBody = (token: string): ClientInput<typeof operations.claim>['body'] => ({
  token,
  organisation: 'Kullabygdens El',
  name: 'Maja Ek',
  email: 'maja@example.org',
  passphrase,
  language: 'sv',
  machine: { country: 'SE', operator: 'Kullabygdens El AB' },
});

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => (error instanceof KulningError ? error.code : String(error)),
  );

async function claimed() {
  const visitor = browser();
  const { token } = await identity.prepareClaim();
  const me = await visitor.client.call(operations.claim, { body: claimBody(token ?? '') });
  return { ...visitor, me };
}

beforeEach(async () => {
  database = await testDatabase();
  now = start;
  events = [];
  declared = [];
  const app = database.app.withTables<IdentityTables>();
  identity = createIdentity({
    inOrganisation: app.inOrganisation,
    inInstance: app.inInstance,
    record: async (_, event) => void events.push(event),
    clock: { now: () => now },
    ids: createIdSource({ now: () => now }),
    declareMachine: async (_, machine) => void declared.push(machine),
    secureCookies: false,
    language: 'en',
  });
  return () => database.close();
});

describe('claiming', () => {
  test('the printed token makes the first owner and declares the machine', async () => {
    const { me } = await claimed();
    expect(me.organisation.name).toBe('Kullabygdens El');
    expect(me.scopes).toContain('subjects:erase');
    expect(declared).toEqual([{ country: 'SE', operator: 'Kullabygdens El AB' }]);
    expect(events.map(({ kind }) => kind)).toEqual(['instance.claimed']);
    expect(await identity.isClaimed()).toBe(true);
  });

  test('a wrong token, an old token and a second claim are refused and change nothing', async () => {
    const { client } = browser();
    const first = await identity.prepareClaim();
    const second = await identity.prepareClaim();
    expect(await codeOf(client.call(operations.claim, { body: claimBody('klc_' + 'x'.repeat(43)) }))).toBe(
      'claim.wrong_token',
    );
    expect(await codeOf(client.call(operations.claim, { body: claimBody(first.token ?? '') }))).toBe(
      'claim.wrong_token',
    );
    await client.call(operations.claim, { body: claimBody(second.token ?? '') });
    expect(await codeOf(client.call(operations.claim, { body: claimBody(second.token ?? '') }))).toBe(
      'claim.already_claimed',
    );
    expect((await identity.prepareClaim()).token).toBeUndefined();
  });

  test('two claims at once have one winner', async () => {
    const { token } = await identity.prepareClaim();
    const attempts = ['a@example.org', 'b@example.org'].map((email) =>
      codeOf(browser().client.call(operations.claim, { body: { ...claimBody(token ?? ''), email } })),
    );
    expect((await Promise.all(attempts)).sort()).toEqual(['claim.already_claimed', 'nothing thrown']);
  });
});

describe('sessions', () => {
  test('sign in, who am I, sign out', async () => {
    await claimed();
    const { client } = browser();
    expect(await codeOf(client.call(operations.me))).toBe('auth.required');
    await client.call(operations.login, { body: { email: 'MAJA@example.org', passphrase } });
    expect((await client.call(operations.me)).user?.name).toBe('Maja Ek');
    expect(await client.call(operations.logout)).toEqual({ signedOut: true });
    expect(await codeOf(client.call(operations.me))).toBe('auth.required');
  });

  test('a session ends after twelve hours', async () => {
    const { client } = await claimed();
    now += 12 * 3_600_000 + 1;
    expect(await codeOf(client.call(operations.me))).toBe('auth.required');
  });

  test('ten wrong passphrases lock the account, the right one too, for five minutes', async () => {
    await claimed();
    const { client } = browser();
    const attempt = (guess: string) =>
      codeOf(client.call(operations.login, { body: { email: 'maja@example.org', passphrase: guess } }));
    for (let index = 0; index < 10; index += 1)
      expect(await attempt(`guess number ${index}`)).toBe('auth.wrong_login');
    expect(await attempt(passphrase)).toBe('auth.locked');
    now += 5 * 60_000 + 1;
    expect(await attempt(passphrase)).toBe('nothing thrown');
  });

  test('a change from another page, without the header, is refused', async () => {
    const { send } = await claimed();
    const response = await send('http://test/api/v1/session', { method: 'DELETE' });
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      403,
      'auth.csrf',
    ]);
  });
});

describe('organisations', () => {
  test('an owner sees and enters client organisations; a stranger’s organisation does not exist', async () => {
    const { client, me } = await claimed();
    const acme = await client.call(operations.createOrganisation, { body: { name: 'Acme', language: 'fr' } });
    expect((await client.call(operations.listOrganisations)).items.map(({ name }) => name)).toEqual([
      'Kullabygdens El',
      'Acme',
    ]);
    const there = await client.call(operations.switchOrganisation, { body: { organisationId: acme.id } });
    expect(there.organisation.id).toBe(acme.id);
    expect(there.scopes).not.toContain('sites:write');
    expect(there.scopes).toContain('subjects:erase');
    expect((await client.call(operations.listOrganisations)).items.map(({ name }) => name)).toEqual(['Acme']);
    expect(
      await codeOf(client.call(operations.switchOrganisation, { body: { organisationId: 'org_0' } })),
    ).toBe('organisation.unknown');
    expect(me.organisations).toHaveLength(1);
  });

  test('a developer cannot add members, an admin cannot make an owner, the last owner stays', async () => {
    const { client, me } = await claimed();
    const add = (email: string, role: 'admin' | 'developer') =>
      client.call(operations.addMember, { body: { email, name: email, role, passphrase } });
    await add('dev@example.org', 'developer');
    await add('admin@example.org', 'admin');
    const as = async (email: string) => {
      const visitor = browser();
      await visitor.client.call(operations.login, { body: { email, passphrase } });
      return visitor.client;
    };
    const person = { email: 'x@example.org', name: 'X', passphrase };
    expect(
      await codeOf(
        (await as('dev@example.org')).call(operations.addMember, { body: { ...person, role: 'member' } }),
      ),
    ).toBe('auth.scope');
    expect(
      await codeOf(
        (await as('admin@example.org')).call(operations.addMember, { body: { ...person, role: 'owner' } }),
      ),
    ).toBe('member.owner_only');
    expect(
      await codeOf(
        client.call(operations.changeMember, {
          params: { userId: me.user?.id ?? '' },
          body: { role: 'member' },
        }),
      ),
    ).toBe('member.last_owner');
  });
});

describe('keys', () => {
  test('a key works until it is revoked or expires, and its secret is kept nowhere', async () => {
    const { client, send, app } = await claimed();
    const key = await client.call(operations.createKey, {
      body: { name: 'shop', dataClass: 'internal', expiresInDays: 1, scopes: ['organisations:read'] },
    });
    const asKey = createClient({
      baseUrl: 'http://test',
      key: key.secret,
      fetch: (url, init) => Promise.resolve(app.request(url as string, init)),
    });
    expect((await asKey.call(operations.me)).user).toBeNull();
    const listing = await (await send('http://test/api/v1/keys')).text();
    expect(listing).not.toContain(key.secret);
    expect(listing).toContain(key.prefix);
    await client.call(operations.revokeKey, { params: { keyId: key.id } });
    expect(await codeOf(asKey.call(operations.me))).toBe('auth.key_revoked');
    now += 86_400_001;
    expect(events.map(({ kind }) => kind)).toEqual(['instance.claimed', 'key.created', 'key.revoked']);
    expect(JSON.stringify(events)).not.toContain('maja');
  });

  test('nobody hands out a scope that they do not hold', async () => {
    const { client, app } = await claimed();
    const { secret } = await client.call(operations.createKey, {
      body: { name: 'limited', scopes: ['keys:write'] },
    });
    const limited = createClient({
      baseUrl: 'http://test',
      key: secret,
      fetch: (url, init) => Promise.resolve(app.request(url as string, init)),
    });
    expect(
      await codeOf(
        limited.call(operations.createKey, { body: { name: 'more', scopes: ['subjects:erase'] } }),
      ),
    ).toBe('key.scope_beyond_yours');
  });
});

describe('the API', () => {
  test('bad input names its field; an oversized body and broken JSON are told apart', async () => {
    const { send } = await claimed();
    const post = async (body: string) => {
      const response = await send('http://test/api/v1/keys', {
        method: 'POST',
        body,
        headers: { 'x-kulning-csrf': '1' },
      });
      return ((await response.json()) as { error: { code: string; path?: string } }).error;
    };
    expect(await post('{"name": ""}')).toMatchObject({ code: 'request.invalid', path: 'body.name' });
    expect(await post('{"name": ')).toMatchObject({ code: 'request.not_json' });
    expect(await post(JSON.stringify({ name: 'x'.repeat(20_000) }))).toMatchObject({
      code: 'request.too_large',
    });
    expect((await send('http://test/api/v1/nowhere')).status).toBe(404);
  });

  test('the OpenAPI document lists every operation with its scope', async () => {
    const { send } = browser();
    const document = (await (await send('http://test/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { 'x-kulning-scope'?: string }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/v1/keys/{keyId}']?.delete?.['x-kulning-scope']).toBe('keys:write');
    expect(instanceOperations.status.path in document.paths).toBe(false);
  });
});
