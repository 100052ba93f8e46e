import { beforeEach, describe, expect, test } from 'vitest';

import { type ErrorBody, identityOperations as operations } from '@kulning/sdk';

import { testDatabase } from '../../../test/database.ts';
import { createApi } from '../../platform/http/api-router.ts';
import { serveHttp } from '../../platform/http/http-server.ts';
import { createIdSource } from '../../platform/id-source.ts';
import { silentLogger } from '../../platform/log/logger.ts';
import { createIdentity, type IdentityTables } from './index.ts';

const passphrase = 'en ko på Dalarnas kullar';

let url: string;
let token: string;

beforeEach(async () => {
  const database = await testDatabase();
  const ids = createIdSource(Date);
  const app = database.app.withTables<IdentityTables>();
  const identity = createIdentity({
    inOrganisation: app.inOrganisation,
    inInstance: app.inInstance,
    record: () => Promise.resolve(),
    clock: Date,
    ids,
    declareMachine: () => Promise.resolve(),
    secureCookies: false,
    language: 'en',
  });
  token = (await identity.prepareClaim()).token ?? '';
  const { routes, identify } = identity;
  const options = { log: silentLogger, maxBodyBytes: 10_000, version: 'test', language: 'en' } as const;
  const server = await serveHttp(
    createApi({ routes, identify, ids, ...options }),
    { host: '127.0.0.1', port: 0 },
    'control.port',
  );
  ({ url } = server);
  return async () => {
    await server.close(0);
    await database.close();
  };
});

async function ask(path: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', 'x-kulning-csrf': '1', ...headers },
    ...(body !== undefined && { body }),
  });
  return { response, ...((await response.json()) as Partial<ErrorBody>) };
}

/** The owner writes Swedish. @returns their cookie */
async function claim(): Promise<string> {
  const body = {
    token,
    organisation: 'Kullabygdens El',
    name: 'Maja Ek',
    email: 'maja@example.org',
    passphrase,
    language: 'sv',
    machine: { country: 'SE', operator: 'Kullabygdens El AB' },
  };
  const { response } = await ask(operations.claim.path, {}, JSON.stringify(body));
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('an error of the API', () => {
  test.each([
    [
      'en',
      'This needs a session or an API key.',
      'email is missing.',
      'The body is not valid JSON: it breaks at character 1.',
      'GET /api/v1/nowhere does not exist.',
      'This e-mail and passphrase do not belong together.',
    ],
    [
      'fr-CA, en;q=0.5',
      'Il faut une session ou une clé d’API.',
      'email manque.',
      'Le corps n’est pas du JSON valide\u00a0: il se rompt au caractère 1.',
      'GET /api/v1/nowhere n’existe pas.',
      'Cette adresse e-mail et cette phrase de passe ne vont pas ensemble.',
    ],
    [
      'de, sv;q=0.8',
      'Det här kräver en session eller en API-nyckel.',
      'email saknas.',
      'Innehållet är inte giltig JSON: det brister vid tecken 1.',
      'GET /api/v1/nowhere finns inte.',
      'E-postadressen och lösenfrasen hör inte ihop.',
    ],
  ])('speaks the language asked for: %s', async (language, ...sentences) => {
    await claim();
    const headers = { 'accept-language': language };
    const wrong = JSON.stringify({ email: 'maja@example.org', passphrase: 'något helt annat' });
    const said = [
      await ask(operations.listKeys.path, headers),
      await ask(operations.login.path, headers, JSON.stringify({ passphrase })),
      await ask(operations.login.path, headers, '{nothing'),
      await ask('/api/v1/nowhere', headers),
      await ask(operations.login.path, headers, wrong),
    ];
    expect(said.map(({ error }) => error?.message)).toEqual(sentences);
    expect(said.map(({ error }) => error?.code)).toEqual([
      'auth.required',
      'request.invalid',
      'request.not_json',
      'route.unknown',
      'auth.wrong_login',
    ]);
  });

  test('speaks the language of the person who is signed in, when none is asked for', async () => {
    const cookie = await claim();
    const body = JSON.stringify({ name: 'x', scopes: ['calls:make'], dataClass: 'secret' });
    const { error } = await ask(operations.createKey.path, { cookie, 'accept-language': '*' }, body);
    expect(error).toMatchObject({
      code: 'request.invalid',
      path: 'body.scopes.0',
      hint: 'GET /openapi.json visar vad operationen tar emot.',
    });
  });

  test('speaks the language of the key’s organisation, when none is asked for', async () => {
    const cookie = await claim();
    const key = {
      name: 'shop',
      scopes: ['models:read'],
      expiresInDays: 1,
      dataClass: 'public',
      purpose: 'general',
    };
    const { response, ...made } = await ask(operations.createKey.path, { cookie }, JSON.stringify(key));
    expect(response.status).toBe(200);
    const { secret } = made as { secret?: string };
    const { error } = await ask(operations.listKeys.path, { authorization: `Bearer ${secret}` });
    expect(error?.message).toMatch(/^Det här kräver rättigheten /);
  });
});
