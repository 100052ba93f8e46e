import { KulningError } from '@kulning/sdk';

import type { ModelFileHead } from '../../core/engine/model-file.ts';
import { memoryNeed, remediesFor, type MemorySettings } from '../../core/engine/model-memory.ts';
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
  { database, memoryBytes }: ModelsContext,
  head: ModelFileHead,
  settings: MemorySettings,
): Promise<void> {
  const taken = await database.inInstance('memory of engines', async (trx) =>
    memoryOf((await store.readDeployments(trx)).filter(isRunning)),
  );
  const shape = { ...head, weightsBytes: head.sizeBytes };
  const free = Math.max(0, memoryBytes - taken);
  const remedies = remediesFor(shape, settings, free, head.parameters);
  if (remedies === undefined) return;
  throw new KulningError({
    code: 'model.too_large',
    status: 409,
    text: fitWords(memoryNeed(shape, settings), settings, { memoryBytes, taken }, remedies),
    path: 'source',
  });
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
