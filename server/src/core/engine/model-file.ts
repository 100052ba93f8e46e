import type { EngineCapabilities, LoraFile, Serves } from './engine.ts';

/** What the header of a model file says, checked against the file's length; nothing was loaded. */
export interface ModelFileHead {
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly name: string | undefined;
  /** Counted over the tensors. */
  readonly parameters: number;
  /** Tokens that the model was trained to see. */
  readonly contextTokens: number;
  readonly licence: string | undefined;
  readonly licenceLink: string | undefined;
  /** Bytes of key-value cache for each token of context, at 16 bits. */
  readonly cacheBytesPerToken: number;
  readonly vocabularyTokens: number;
  readonly embeddingWidth: number;
  /** How one vector is made of a text's many; absent in files of models that write. `rank`: a score, not a vector. */
  readonly pooling: 'mean' | 'cls' | 'last' | 'rank' | undefined;
}

/** What a LoRA file says of itself. */
export interface AdapterFileHead {
  readonly sizeBytes: number;
  /** Of the model that it is for. */
  readonly architecture: string;
}

/** What a file is to be tried as. */
export interface TrialUse {
  readonly serves: Serves;
  readonly lora: readonly LoraFile[];
}

/** The file's own word: what pools to a score ranks, what pools to a vector embeds, all others write. */
export function servesOf({ pooling }: Pick<ModelFileHead, 'pooling'>): Serves {
  if (pooling === undefined) return 'chat';
  return pooling === 'rank' ? 'rerank' : 'embeddings';
}

/** What a model file is, established by reading all of it and by loading it once. */
export interface ModelFileFacts extends ModelFileHead {
  /** `sha256:` and hex, of the whole file. */
  readonly digest: string;
  readonly tools: EngineCapabilities['tools'];
  /** Of each adapter, in order: `sha256:` and hex. */
  readonly loraDigests: readonly string[];
}

/** @throws KulningError `model.file_missing`, or `model.file_broken` with the reason */
export type ReadModelHead = (path: string) => Promise<ModelFileHead>;

/** @throws KulningError `model.file_missing`, or `model.file_broken` with the reason */
export type ReadAdapterHead = (path: string) => Promise<AdapterFileHead>;

/**
 * Takes in a model file: header, digest, and a load and two tokens (a vector, a score) in a process of its own, with its
 * adapters.
 * @throws KulningError `model.file_missing`, or `model.file_broken` with the reason
 */
export type InspectModelFile = (path: string, signal: AbortSignal, use?: TrialUse) => Promise<ModelFileFacts>;
