import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { errorOf, hello, intents, journal, post, settled } from './gateway-calls.ts';
import { gatewayScene } from './gateway-scene.ts';
import { deployment, httpEndpoint, oregon, organisationId, secrets, snapshotOf } from './gateway-snapshot.ts';

const { closing, upstreamOf, stageOf, simple } = gatewayScene();

describe('the data class of a call', () => {
  it('may be tightened by a header, and never loosened', async () => {
    const { stage } = await simple();
    expect((await post(stage, hello(), { 'x-kulning-data-class': 'personal' })).status).toBe(200);
    const loosened = await post(stage, hello(), {
      'x-kulning-data-class': 'public',
      'accept-language': 'sv',
    });
    expect(loosened.status).toBe(403);
    expect(await errorOf(loosened)).toMatchObject({
      code: 'data_class_loosened',
      message: expect.stringContaining('aldrig mildra'),
    });
    expect((await errorOf(await post(stage, hello(), { 'x-kulning-data-class': 'secret' }))).code).toBe(
      'data_class_unknown',
    );
    expect(intents(await journal(stage)).map(({ decision }) => decision.request.dataClass)).toEqual([
      'personal',
    ]);
  });

  it('is refused where there is none, unless the call says one', async () => {
    const { stage, upstream } = await simple();
    const refused = await post(stage, hello(), {}, secrets.unclassified);
    expect(refused.status).toBe(403);
    expect(upstream.bodies).toHaveLength(0);
    expect(
      (await post(stage, hello(), { 'x-kulning-data-class': 'internal' }, secrets.unclassified)).status,
    ).toBe(200);
  });

  it('keeps to the purpose of a key that is bound to one', async () => {
    const { stage } = await simple();
    expect((await post(stage, hello(), { 'x-kulning-purpose': 'research' })).status).toBe(200);
    expect(
      (await errorOf(await post(stage, hello(), { 'x-kulning-purpose': 'research' }, secrets.support))).code,
    ).toBe('purpose_bound');
    expect(intents(await journal(stage)).map(({ decision }) => decision.request.purpose)).toEqual([
      'research',
    ]);
  });
});

describe('a refusal', () => {
  it.each([
    ['en', 'no engine at Oregon'],
    ['fr', 'Oregon'],
    ['sv', 'Oregon'],
  ])('has a receipt and names its rule in the caller’s language (%s)', async (language) => {
    const upstream = await upstreamOf();
    const stage = await stageOf(
      snapshotOf([{ deployment: deployment({ siteId: oregon.id }), endpoint: httpEndpoint(upstream.url) }]),
    );
    const refused = await post(
      stage,
      hello(),
      { 'accept-language': `${language};q=0.9,de` },
      secrets.personal,
    );
    expect(refused.status).toBe(403);
    const error = await errorOf(refused);
    expect(error).toMatchObject({ code: 'policy.denied', message: expect.stringContaining('Oregon') });
    expect(error.kulning?.rules?.[0]).toMatchObject({ tag: 'house' });
    expect(error.kulning?.receipt).toBe(refused.headers.get('x-kulning-receipt'));
    expect(upstream.bodies).toHaveLength(0);
    const [settlement] = settled(await journal(stage));
    expect(settlement).toMatchObject({
      callId: error.kulning?.receipt,
      outcome: 'refused',
      status: 403,
      reason: 'policy.denied',
    });
  });

  it('comes before a byte of the body is read where the way in may not receive the class', async () => {
    const { stage } = await simple({ ingress: oregon.id });
    const { hostname, port } = new URL(stage.url);
    const socket = connect(Number(port), hostname);
    closing.push(async () => void socket.destroy());
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secrets.personal}\r\ncontent-length: 1000000\r\nexpect: 100-continue\r\n\r\n`,
    );
    const first = await new Promise<string>((resolve) =>
      socket.once('data', (bytes) => resolve(bytes.toString())),
    );
    expect(first).toMatch(/^HTTP\/1\.1 403 /);
    const [intent] = intents(await journal(stage));
    expect(intent).toMatchObject({ decision: { request: { dataClass: 'personal', model: '' } } });
    expect(intent?.commitments).toBeUndefined();
  });

  it('is asked for again later when no permitted engine is up, and says so', async () => {
    const upstream = await upstreamOf();
    const stage = await stageOf(
      snapshotOf([
        { deployment: deployment({ ready: false }), endpoint: httpEndpoint(upstream.url) },
        {
          deployment: deployment({ id: 'deployment_far', siteId: oregon.id }),
          endpoint: httpEndpoint(upstream.url),
        },
      ]),
    );
    const refused = await post(stage, hello(), {}, secrets.personal);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect((await errorOf(refused)).code).toBe('capacity.none');
    expect(upstream.bodies).toHaveLength(0);
  });

  it('meets a person whose data is restricted, whether named or found in the text', async () => {
    const { stage, upstream } = await simple();
    const vault = createVault(await openFileKeystore(join(stage.home, 'keys')));
    await vault.load(organisationId);
    const restricted = new Map([
      [organisationId, new Set([vault.blindIndex(organisationId, 'anna@example.se')])],
    ]);
    await stage.change(
      snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }], { restricted }),
    );
    expect((await errorOf(await post(stage, hello(), { 'x-kulning-subject': 'Anna@example.se' }))).code).toBe(
      'subject_restricted',
    );
    expect((await errorOf(await post(stage, hello('write to anna@example.se')))).code).toBe(
      'subject_restricted',
    );
    expect((await post(stage, hello('write to bo@example.se'))).status).toBe(200);
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['{"model": "herd", }', 'invalid_json', null, 'byte 18'],
    ['{"model": "hérd", }', 'invalid_json', null, 'byte 19'],
    ['', 'invalid_json', null, 'byte 0'],
    ['[1]', 'invalid_json', null, 'object'],
    ['{"model":"herd","model":"other","messages":[{"role":"user"}]}', 'duplicate_field', null, 'twice'],
    ['{"model":"herd"}', 'invalid_type', 'messages', 'messages'],
    ['{"model":"herd","messages":[]}', 'invalid_type', 'messages', 'messages'],
    ['{"model":7,"messages":[{"role":"user"}]}', 'invalid_type', 'model', 'model'],
    ['{"model":"herd","messages":[{"role":"user"}],"stream":"yes"}', 'invalid_type', 'stream', 'stream'],
    [
      '{"model":"herd","messages":[{"role":"user"}],"max_tokens":0.5}',
      'invalid_type',
      'max_tokens',
      'max_tokens',
    ],
  ])('is told where: %s', async (body, code, param, words) => {
    const { stage, upstream } = await simple();
    const response = await post(stage, body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code, param, message: expect.stringContaining(words) });
    expect(upstream.bodies).toHaveLength(0);
  });

  it.each([
    ['chat/completions', '{"model": "herd", }', 'il fallait un nom entre guillemets doubles'],
    ['chat/completions', '{"model":"herd"}', 'messages manque.'],
    ['responses', '{"model":"herd","input":"x","store":true}', 'rien n’est conservé ici'],
    [
      'messages',
      '{"model":"herd","max_tokens":9,"messages":[{"role":"user","content":"x"}],"container":"c"}',
      'container n’a pas d’équivalent',
    ],
  ])('is told in the caller’s language by %s: %s', async (path, body, words) => {
    const { stage } = await simple();
    const response = await fetch(`${stage.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.internal}`, 'accept-language': 'fr' },
      body,
    });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain(words);
  });

  it('is cut off at the limit when it does not say how long it is', async () => {
    const { stage } = await simple({}, { maxBodyBytes: 10_000 });
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        `${stage.url}/v1/chat/completions`,
        { method: 'POST', headers: { authorization: `Bearer ${secrets.internal}` } },
        (response) => {
          resolve(response.statusCode ?? 0);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.write('x'.repeat(20_000));
    });
    expect(status).toBe(413);
  });
});
