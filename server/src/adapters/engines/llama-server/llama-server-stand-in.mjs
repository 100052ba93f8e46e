#!/usr/bin/env node
// For tests of the supervision alone: takes the command line of llama-server, answers its paths, and has no model.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const { values } = parseArgs({
  options: {
    host: text,
    model: text,
    alias: text,
    'ctx-size': text,
    parallel: text,
    fit: text,
    threads: text,
    'threads-http': text,
    'batch-size': text,
    'ubatch-size': text,
    'cache-ram': text,
    'no-ui': flag,
    offline: flag,
    metrics: flag,
    slots: flag,
    jinja: flag,
    'no-cache-prompt': flag,
    'flash-attn': text,
    'cache-type-k': text,
    'cache-type-v': text,
    embeddings: flag,
    reranking: flag,
    'lora-scaled': text,
  },
});
let running = 0;
const loadedAt = Date.now() + 200;
const pages = {
  '/props': () =>
    JSON.stringify({
      total_slots: Number(values.parallel),
      chat_template_caps: { supports_tools: true },
      default_generation_settings: { n_ctx: values['ctx-size'] / values.parallel },
    }),
  '/metrics': () => `llamacpp:requests_processing ${running}\nllamacpp:requests_deferred 0\n`,
  '/args': () => JSON.stringify(values),
};

createServer((request, response) => {
  if (request.url === '/health') return response.writeHead(Date.now() < loadedAt ? 503 : 200).end('{}');
  if (request.headers.authorization !== `Bearer ${process.env.LLAMA_API_KEY}`)
    return response.writeHead(401).end();
  const page = pages[request.url];
  if (page) return response.end(page());
  running++;
  response.write('begun ');
  setTimeout(() => {
    running--;
    response.end('ended');
  }, 700);
}).listen(values.host);
