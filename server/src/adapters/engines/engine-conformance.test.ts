import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';

import { fixtureGguf } from '../../../../tools/fixture-gguf.ts';
import type { EngineEndpoint } from '../../core/engine/engine.ts';
import { openChild } from './engine-conformance-child.ts';
import { generatedByChild } from './engine-conformance-client.ts';
import { describeEngine, type ConformanceSubject } from './engine-conformance.ts';
import { engineAdapters } from './index.ts';

const CONTEXT_TOKENS = 2048;
const SLOTS = 2;
const QUEUE_LIMIT = 3;
const KEY = 'sk-conformance';

const script = {
  rules: [
    { match: 'forever', text: 'on and on ', endless: true, delayMsPerToken: 1 },
    { match: 'slowly', text: 'at last', delayMsPerToken: 2000 },
    { match: 'book', toolCalls: [{ name: 'book', arguments: { day: 'måndag' } }] },
    { text: `You said: {input} ${'and some more words '.repeat(6)}` },
  ],
};

const limits = { contextTokens: CONTEXT_TOKENS, slots: SLOTS, queueLimit: QUEUE_LIMIT };

async function openScripted(): Promise<ConformanceSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'kulning-script-'));
  const scriptPath = join(folder, 'script.json');
  writeFileSync(scriptPath, JSON.stringify(script));
  const child = await openChild('scripted', { scriptPath, ...limits });
  return {
    ...child,
    ...limits,
    generatedTokens: () => generatedByChild(child.endpoint),
    prompts: { plain: 'hello there', endless: 'talk forever', tool: 'book a day', slow: 'speak slowly' },
    jsonSchema: false,
  };
}

/** Wide enough that reading 1,900 tokens takes a while, small enough to load at once. */
async function openLlama(): Promise<ConformanceSubject> {
  const facts = { parameters: 1, sizeBytes: 1, cacheBytesPerToken: 0 };
  const modelPath = fixtureGguf({ ending: 'never', dimension: 128, layers: 4 });
  const child = await openChild('llama', { modelPath, ...limits, ...facts });
  return {
    ...child,
    ...limits,
    generatedTokens: () => generatedByChild(child.endpoint),
    prompts: {
      plain: 'the invoice',
      endless: 'talk forever',
      tool: 'book a day',
      slow: 'the order is in the data '.repeat(70),
    },
    jsonSchema: true,
  };
}

/**
 * Somebody else's server, as Kulning sees it: TCP, a base path, a key. What answers behind it is a child of ours;
 * this front checks the key and passes bytes.
 */
async function openRemote(): Promise<ConformanceSubject> {
  const child = await openScripted();
  const { socketPath } = child.endpoint.origin as { socketPath: string };
  const front = createServer((incoming, outgoing) => void forward(socketPath, incoming, outgoing));
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const baseUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1/`;
  const endpoint: EngineEndpoint = engineAdapters['openai-http'].endpoint(
    { deploymentId: 'd', model: 'remote', config: { baseUrl, engineModel: 'scripted-fixture' } },
    { runDir: '', secret: KEY },
  );
  return {
    ...child,
    endpoint,
    close: async () => {
      front.close();
      front.closeAllConnections();
      await child.close();
    },
  };
}

async function forward(
  socketPath: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (incoming.headers.authorization !== `Bearer ${KEY}`) {
    outgoing.writeHead(401).end();
    return;
  }
  const { url: path, method, headers } = incoming;
  const body = await buffer(incoming);
  const upstream = request({ socketPath, path, method, headers, agent: false }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.on('error', () => outgoing.destroy());
    reply.pipe(outgoing);
  });
  outgoing.on('close', () => upstream.destroy());
  upstream.on('error', () => outgoing.destroy());
  upstream.end(body);
}

describeEngine('scripted', engineAdapters.scripted, openScripted);
describeEngine('llama', engineAdapters.llama, openLlama);
describeEngine('openai-http', engineAdapters['openai-http'], openRemote);
