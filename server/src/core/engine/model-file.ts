import type { EngineCapabilities } from './engine.ts';

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
}

/** What a model file is, established by reading all of it and by loading it once. */
export interface ModelFileFacts extends ModelFileHead {
  /** `sha256:` and hex, of the whole file. */
  readonly digest: string;
  readonly tools: EngineCapabilities['tools'];
}

/** @throws KulningError `model.file_missing`, or `model.file_broken` with the reason */
export type ReadModelHead = (path: string) => Promise<ModelFileHead>;

/**
 * Takes in a model file: header, digest, and a load and two tokens in a process of its own.
 * @throws KulningError `model.file_missing`, or `model.file_broken` with the reason
 */
export type InspectModelFile = (path: string, signal: AbortSignal) => Promise<ModelFileFacts>;
