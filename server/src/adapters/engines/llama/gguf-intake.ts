import { fork } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { KulningError, type Localized } from '@kulning/sdk';

import type {
  InspectModelFile,
  ModelFileFacts,
  ReadAdapterHead,
  ReadModelHead,
  TrialUse,
} from '../../../core/engine/model-file.ts';
import { childEnvironment, deathReason } from '../../../platform/engine-host/child-process.ts';
import { GgufProblem } from './gguf-cursor.ts';
import { readAdapterHeader, readGgufHeader } from './gguf-header.ts';
import { ggufWords } from './gguf-words.ts';
import { engineWords } from '../engine-words.ts';

const writes: TrialUse = { serves: 'chat', lora: [] };

/** What the throw-away child is asked, as JSON. */
export interface TrialRequest extends TrialUse {
  readonly path: string;
}

/** What the throw-away child says before it exits; a child that says nothing was ended by what it read. */
export type TrialMessage =
  | { readonly type: 'facts'; readonly facts: ModelFileFacts }
  | { readonly type: 'refused'; readonly reason: Localized<string> };

const TRIAL = fileURLToPath(new URL('gguf-trial-child.ts', import.meta.url));

/** llama.cpp ends its whole process on some malformed files, so a file nobody knows is only opened in one that may die. */
export const inspectGguf: InspectModelFile = async (path, signal, use = writes) => {
  await requireFile(path);
  const message = await tryInChild({ path, ...use }, signal);
  if (message.type === 'facts') return message.facts;
  throw broken(message.reason);
};

/** Its header alone, which is read by our own code: what says how much memory it needs, before anything loads it. */
export const readGgufHead: ReadModelHead = async (path) => {
  await requireFile(path);
  try {
    return readGgufHeader(path);
  } catch (cause) {
    throw cause instanceof GgufProblem ? broken(cause.said) : cause;
  }
};

/** Of a LoRA file: an adapter at all, and for which architecture. */
export const readAdapterHead: ReadAdapterHead = async (path) => {
  await requireFile(path);
  try {
    return readAdapterHeader(path);
  } catch (cause) {
    throw cause instanceof GgufProblem ? broken(cause.said) : cause;
  }
};

function broken(reason: Localized<string>): KulningError {
  return new KulningError({
    code: 'model.file_broken',
    status: 400,
    text: engineWords.fileBroken(reason),
    path: 'source',
  });
}

async function requireFile(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (cause) {
    throw new KulningError({
      code: 'model.file_missing',
      status: 400,
      text: engineWords.fileMissing(path),
      path: 'source',
      cause,
    });
  }
}

async function tryInChild(request: TrialRequest, signal: AbortSignal): Promise<TrialMessage> {
  return new Promise((resolve, reject) => {
    const child = fork(TRIAL, [JSON.stringify(request)], {
      execPath: process.execPath,
      execArgv: [],
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    let said: TrialMessage | undefined;
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-8000);
    });
    child.on('message', (message: TrialMessage) => {
      said = message;
    });
    child.once('error', reject);
    child.once('close', (code, endedBy) => {
      const reason = ggufWords.crashed(deathReason(lastWords, code, endedBy));
      resolve(said ?? { type: 'refused', reason });
    });
  });
}
