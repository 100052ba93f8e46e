/** What of a file decides how much memory it needs; all of it read from the file itself. */
export interface ModelShape {
  readonly weightsBytes: number;
  /** Keys and values of every layer for one token, at 16 bits each. */
  readonly cacheBytesPerToken: number;
  readonly vocabularyTokens: number;
  readonly embeddingWidth: number;
}

/** How keys and values are kept: bits for each number (ggml: 32 numbers share a scale of 16 bits). */
export const cacheBits = { f16: 16, q8_0: 8.5, q4_0: 4.5 } as const;

export type CacheType = keyof typeof cacheBits;

export interface MemorySettings {
  /** Tokens of prompt and answer, for each request. */
  readonly contextTokens: number;
  /** Requests at the same time. */
  readonly slots: number;
  readonly cache: CacheType;
}

export interface MemoryNeed {
  readonly weightsBytes: number;
  readonly cacheBytes: number;
  /** Modelled, not read: the program itself and what it computes in. */
  readonly workBytes: number;
  readonly totalBytes: number;
}

/** Node and the native library, as measured with a model of 2 MB (110 to 164 MB), and room for an allocator. */
const PROGRAM_BYTES = 256 * 2 ** 20;
/** Tokens that are computed at once. */
const BATCH_TOKENS = 256;
/** Rows as wide as the embedding that a layer holds for each token: queries, keys, values, gate, up, down and two more. */
const ROWS_IN_WORK = 24;

/** Weights and cache to the byte; what is computed in, by the width of the model. */
export function memoryNeed(shape: ModelShape, settings: MemorySettings): MemoryNeed {
  const { weightsBytes, cacheBytesPerToken, vocabularyTokens, embeddingWidth } = shape;
  const tokens = settings.contextTokens * settings.slots;
  const cacheBytes = Math.ceil((cacheBytesPerToken * tokens * cacheBits[settings.cache]) / cacheBits.f16);
  const workBytes =
    PROGRAM_BYTES +
    BATCH_TOKENS * Float32Array.BYTES_PER_ELEMENT * (vocabularyTokens + ROWS_IN_WORK * embeddingWidth);
  return { weightsBytes, cacheBytes, workBytes, totalBytes: weightsBytes + cacheBytes + workBytes };
}

/** What one could change so that it fits; each alone is enough, and an absent one would not be. */
export interface Remedies {
  readonly contextTokens?: number;
  readonly cache?: CacheType;
  /** A file of the same model of at most this size; with the bits for each parameter that it then has. */
  readonly file?: { readonly bytes: number; readonly bitsPerParameter: number };
}

/** Below this a context holds no mail, and fewer bits make a model talk nonsense. */
const SMALLEST_CONTEXT = 512;
const FEWEST_BITS = 2;

/** @returns undefined when it fits */
export function remediesFor(
  shape: ModelShape,
  settings: MemorySettings,
  capacityBytes: number,
  parameters: number,
): Remedies | undefined {
  const fits = (weightsBytes: number, change: Partial<MemorySettings>) =>
    memoryNeed({ ...shape, weightsBytes }, { ...settings, ...change }).totalBytes <= capacityBytes;
  if (fits(shape.weightsBytes, {})) return undefined;
  const fixed = memoryNeed(shape, { ...settings, contextTokens: 0 }).totalBytes;
  const perToken = (shape.cacheBytesPerToken * settings.slots * cacheBits[settings.cache]) / cacheBits.f16;
  const room = perToken === 0 ? 0 : Math.floor((capacityBytes - fixed - 1) / perToken);
  const contextTokens = Math.floor(room / 256) * 256;
  const cache = (['q8_0', 'q4_0'] as const).find(
    (type) => cacheBits[type] < cacheBits[settings.cache] && fits(shape.weightsBytes, { cache: type }),
  );
  const bytes = capacityBytes - (memoryNeed(shape, settings).totalBytes - shape.weightsBytes);
  const bitsPerParameter = (bytes * 8) / parameters;
  return {
    ...(contextTokens >= SMALLEST_CONTEXT && { contextTokens }),
    ...(cache !== undefined && { cache }),
    ...(bitsPerParameter >= FEWEST_BITS && { file: { bytes, bitsPerParameter } }),
  };
}
