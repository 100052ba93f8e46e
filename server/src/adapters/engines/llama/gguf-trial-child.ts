import { onParentGone } from '../../../platform/parent-process.ts';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import type { ModelFileFacts } from '../../../core/engine/model-file.ts';
import type { ChatBackend, EngineBackend } from '../../../platform/engine-host/engine-backend.ts';
import { GgufProblem } from './gguf-cursor.ts';
import { readGgufHeader } from './gguf-header.ts';
import { ggufWords } from './gguf-words.ts';
import type { TrialMessage, TrialRequest } from './gguf-intake.ts';
import { openLlama } from './llama-engine.ts';

/** Enough to go through every layer; a model of 128,000 tokens of context is not given them for a trial. */
const TRIAL_CONTEXT = 512;

onParentGone(() => process.kill(process.pid, 'SIGKILL'));
const request = JSON.parse(process.argv[2] ?? '') as TrialRequest;
process.send?.(await tryFile(request), () => process.exit(0));

async function tryFile(asked: TrialRequest): Promise<TrialMessage> {
  try {
    return { type: 'facts', facts: await examine(asked) };
  } catch (error) {
    if (error instanceof GgufProblem) return { type: 'refused', reason: error.said };
    return { type: 'refused', reason: ggufWords.notLoaded(error instanceof Error ? error.message : '?') };
  }
}

async function examine({ path, serves, lora }: TrialRequest): Promise<ModelFileFacts> {
  const header = readGgufHeader(path);
  const backend = await openLlama('trial', {
    modelPath: path,
    serves,
    lora,
    contextTokens: Math.min(TRIAL_CONTEXT, header.contextTokens),
    slots: 1,
    cache: 'f16',
    queueLimit: 0,
    threads: 1,
    temperature: 0,
    knowsTools: false,
  });
  await use(backend);
  return {
    digest: await sha256Of(path),
    loraDigests: await Promise.all(lora.map((each) => sha256Of(each.path))),
    sizeBytes: header.sizeBytes,
    architecture: header.architecture,
    name: header.name,
    parameters: header.parameters,
    contextTokens: header.contextTokens,
    licence: header.licence,
    licenceLink: header.licenceLink,
    cacheBytesPerToken: header.cacheBytesPerToken,
    vocabularyTokens: header.vocabularyTokens,
    embeddingWidth: header.embeddingWidth,
    pooling: header.pooling,
    tools: backend.capabilities.tools,
  };
}

async function use(backend: EngineBackend): Promise<void> {
  const { signal } = new AbortController();
  if ('embed' in backend) await backend.embed('1', 0, signal);
  else if ('rank' in backend) await backend.rank('1', '2', 0, signal);
  else await sayTwoTokens(backend);
}

async function sayTwoTokens(backend: ChatBackend): Promise<void> {
  const answer = await backend.prepare({
    messages: [{ role: 'user', content: '1' }],
    stream: false,
    includeUsage: false,
    maxTokens: 2,
    temperature: 0,
    topP: undefined,
    seed: 1,
    stop: [],
    tools: [],
    toolChoice: 'none',
    answerSchema: undefined,
  });
  const pieces = answer.generate(0, new AbortController().signal);
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next());
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return `sha256:${hash.digest('hex')}`;
}
