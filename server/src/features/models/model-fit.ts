import { KulningError, type Localized, type Notice } from '@kulning/sdk';

import type { ModelFileHead } from '../../core/engine/model-file.ts';
import {
  memoryNeed,
  remediesFor,
  type MemoryNeed,
  type MemorySettings,
} from '../../core/engine/model-memory.ts';
import { isRunning } from './engine-views.ts';
import { fitWords } from './fit-words.ts';
import type { ModelsContext } from './model-context.ts';
import * as store from './model-store.ts';
import { engineLeaders, type Deployment } from './model.ts';

/**
 * Refuses a file that this machine has no memory for, before anything loads it: weights, cache and what is computed
 * in, beside the engines that run here already.
 * @throws KulningError `model.too_large` with the numbers, and what would fit
 */
export async function requireMemory(
  context: ModelsContext,
  head: ModelFileHead,
  settings: MemorySettings,
): Promise<void> {
  const { problem } = await fitOf(context, head, settings);
  if (problem !== undefined)
    throw new KulningError({ code: 'model.too_large', status: 409, text: problem, path: 'source' });
}

/** What it needs, what there is, and what is in the way. */
export async function fitOf(
  context: ModelsContext,
  head: ModelFileHead,
  settings: MemorySettings,
): Promise<{ need: MemoryNeed; machine: EngineMemory; problem: Localized<Notice> | undefined }> {
  const machine = await engineMemory(context);
  const shape = { ...head, weightsBytes: head.sizeBytes };
  const need = memoryNeed(shape, settings);
  const { totalBytes: memoryBytes, takenBytes: taken } = machine;
  const remedies = remediesFor(shape, settings, Math.max(0, memoryBytes - taken), head.parameters);
  const problem = remedies && fitWords(need, settings, { memoryBytes, taken }, remedies);
  return { need, machine, problem };
}

interface EngineMemory {
  readonly totalBytes: number;
  readonly takenBytes: number;
}

export function engineMemory({ database, memoryBytes }: ModelsContext): Promise<EngineMemory> {
  return database.inInstance('memory of engines', async (trx) => ({
    totalBytes: memoryBytes,
    takenBytes: memoryOf((await store.readDeployments(trx)).filter(isRunning)),
  }));
}

/** As stored; what older versions did not keep is small beside the rest. */
type StoredShape = Pick<ModelFileHead, 'sizeBytes' | 'cacheBytesPerToken' | 'contextTokens'> &
  Partial<
    Pick<ModelFileHead, 'vocabularyTokens' | 'embeddingWidth'> & Omit<MemorySettings, 'contextTokens'>
  > & {
    readonly lora?: readonly { readonly sizeBytes?: number }[];
  };

/** Engines shared by several deployments count once. */
function memoryOf(running: readonly Deployment[]): number {
  const leaders = engineLeaders(running);
  return running
    .filter(({ id, engineKind }) => leaders.get(id) === id && engineKind.startsWith('llama'))
    .reduce((sum, { engineConfig }) => {
      const config = engineConfig as StoredShape;
      const { vocabularyTokens = 0, embeddingWidth = 0, slots = 1, cache = 'f16' } = config;
      const weightsBytes = (config.lora ?? []).reduce(
        (all, one) => all + (one.sizeBytes ?? 0),
        config.sizeBytes,
      );
      const shape = { ...config, weightsBytes, vocabularyTokens, embeddingWidth };
      return sum + memoryNeed(shape, { contextTokens: config.contextTokens, slots, cache }).totalBytes;
    }, 0);
}
