import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { openAiHttpAdapter, remoteEndpoint } from './openai-http-adapter.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Pages {
  readonly [path: string]: unknown;
}

/** Replies from the documentation and sources of each server. */
const llamaServer: Pages = {
  '/v1/models': {
    data: [
      {
        id: 'ministral',
        object: 'model',
        owned_by: 'llamacpp',
        meta: { n_ctx_train: 262_144, n_ctx: 32_768 },
      },
    ],
  },
  '/props': { total_slots: 4, chat_template_caps: { supports_tools: true } },
};
const llamaServerWithoutTools: Pages = {
  ...llamaServer,
  '/props': { total_slots: 1, chat_template_caps: { supports_tools: false } },
};
const vllm: Pages = {
  '/v1/models': { data: [{ id: 'mistralai/Mistral-Small-3.2', owned_by: 'vllm', max_model_len: 131_072 }] },
};
const ollama: Pages = { '/v1/models': { data: [{ id: 'ministral-3:8b', owned_by: 'library' }] } };

async function serve(pages: Pages): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    if (page === undefined) return void response.writeHead(404).end();
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(typeof page === 'string' ? page : JSON.stringify(page));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
const probe = (baseUrl: string, engineModel: string) =>
  openAiHttpAdapter.probe(remoteEndpoint(baseUrl, engineModel, undefined), AbortSignal.timeout(10_000));

test.each([
  [
    'llama-server',
    llamaServer,
    'ministral',
    {
      server: 'llama.cpp',
      responses: false,
      tools: 'native',
      jsonSchema: true,
      contextTokens: 32_768,
      slots: 4,
    },
  ],
  [
    'llama-server whose template knows no tools',
    llamaServerWithoutTools,
    'ministral',
    { server: 'llama.cpp', tools: 'none', jsonSchema: true, contextTokens: 32_768, slots: 1 },
  ],
  [
    'vLLM',
    vllm,
    'mistralai/Mistral-Small-3.2',
    { server: 'vLLM', responses: true, tools: 'unknown', jsonSchema: true, contextTokens: 131_072 },
  ],
  [
    'Ollama',
    ollama,
    'ministral-3:8b',
    { server: 'Ollama', chat: true, embeddings: 'unknown', tools: 'unknown', jsonSchema: 'unknown' },
  ],
])('knows %s by what it says, and assumes nothing more', async (_, pages, model, expected) => {
  const { capabilities } = await probe(await serve(pages), model);
  expect(capabilities).toMatchObject(expected);
});

test.each([
  ['a page of something else', { '/v1/models': '<html>Welcome</html>' }],
  ['another JSON', { '/v1/models': { models: [] } }],
  ['nothing there', {}],
])('refuses %s as no OpenAI server, with a hint', async (_, pages) => {
  await expect(probe(await serve(pages), '')).rejects.toMatchObject({
    code: 'engine.not_openai',
    hint: expect.stringContaining('/v1'),
  });
});

test('an answer without end is cut off', async () => {
  await expect(probe(await serve({ '/v1/models': `"${'x'.repeat(5 << 20)}"` }), '')).rejects.toMatchObject({
    code: 'engine.unreachable',
  });
});

test.each([
  ['http://host:8080/v1', 'http://host:8080', '/v1'],
  ['https://host/api/v1/', 'https://host', '/api/v1'],
  ['http://[::1]:8080', 'http://[::1]:8080', ''],
])('%s is the origin %s and the path %j', (baseUrl, url, basePath) => {
  expect(remoteEndpoint(baseUrl, 'm', 'sk')).toEqual({
    kind: 'openai-http',
    origin: { url },
    basePath,
    engineModel: 'm',
    authorization: 'Bearer sk',
  });
});

test.each([
  [{ baseUrl: 'ftp://host/v1', engineModel: 'm' }, 'engine.baseUrl'],
  [{ baseUrl: 'http://169.254.169.254/v1', engineModel: 'm' }, 'engine.baseUrl'],
  [{ baseUrl: 'http://[::ffff:a9fe:a9fe]/v1', engineModel: 'm' }, 'engine.baseUrl'],
  [{ baseUrl: 'http://host/v1' }, 'engine.engineModel'],
  [{ baseUrl: 'http://host/v1', engineModel: 'm', apiKey: 'sk' }, 'engine'],
])('%j is refused at %s', (config, path) => {
  expect(() => openAiHttpAdapter.parseConfig(config)).toThrow(
    expect.objectContaining({ code: 'engine.config_invalid', path }),
  );
});
