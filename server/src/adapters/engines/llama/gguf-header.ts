import { closeSync, fstatSync, openSync } from 'node:fs';

import type { Localized } from '@kulning/sdk';

import type { AdapterFileHead, ModelFileHead } from '../../../core/engine/model-file.ts';
import { GgufCursor, GgufProblem, type GgufArray, type GgufValue } from './gguf-cursor.ts';
import { ggufParts, ggufWords } from './gguf-words.ts';

/** What a GGUF file says about itself, checked against the file's length. */
export interface GgufHeader {
  readonly version: number;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly name: string | undefined;
  /** Tokens that the model was trained to see. */
  readonly contextTokens: number;
  /** Sum over the tensors, not what the name claims. */
  readonly parameters: number;
  readonly vocabularyTokens: number;
  readonly embeddingWidth: number;
  readonly tokenizer: string;
  readonly chatTemplate: string | undefined;
  readonly licence: string | undefined;
  readonly licenceLink: string | undefined;
  /** Bytes of key-value cache for each token of context, at 16 bits. */
  readonly cacheBytesPerToken: number;
  readonly pooling: ModelFileHead['pooling'];
}

type Metadata = ReadonlyMap<string, GgufValue | GgufArray>;

const MOST_ENTRIES = 100_000;
const MOST_TENSORS = 1_000_000;

/** Elements and bytes of a block, by tensor type (ggml/src/ggml.c, `type_traits`). A type not listed is left to the trial load. */
const BLOCKS: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
};

/**
 * Reads and checks the header (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) before any native code
 * sees the file: llama.cpp aborts its whole process on some malformed files.
 * @throws GgufProblem with the exact reason
 */
export function readGgufHeader(path: string): GgufHeader {
  const { version, sizeBytes, metadata, parameters } = readGguf(path);
  return describe(version, sizeBytes, metadata, parameters);
}

/**
 * The same of a LoRA file: an adapter, and which architecture it is for. Whether its tensors fit a model shows when both
 * are loaded.
 * @throws GgufProblem with the exact reason
 */
export function readAdapterHeader(path: string): AdapterFileHead {
  const { sizeBytes, metadata } = readGguf(path);
  const type = text(metadata, 'general.type') ?? 'model';
  if (type !== 'adapter' || text(metadata, 'adapter.type') !== 'lora')
    throw new GgufProblem(ggufWords.notLora(printable(type)));
  return { sizeBytes, architecture: architectureOf(metadata) };
}

interface Gguf {
  readonly version: number;
  readonly sizeBytes: number;
  readonly metadata: Metadata;
  readonly parameters: number;
}

function readGguf(path: string): Gguf {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new GgufProblem(ggufWords.noFile);
    const cursor = new GgufCursor(file, stat.size);
    const version = readVersion(cursor);
    const tensorCount = countOf(cursor, ggufParts.tensorCount, MOST_TENSORS);
    const entryCount = countOf(cursor, ggufParts.entryCount, MOST_ENTRIES);
    const metadata = readMetadata(cursor, entryCount);
    const parameters = readTensors(
      cursor,
      tensorCount,
      integer(metadata, 'general.alignment') ?? 32,
      stat.size,
    );
    return { version, sizeBytes: stat.size, metadata, parameters };
  } finally {
    closeSync(file);
  }
}

function readVersion(cursor: GgufCursor): number {
  const magic = cursor.take(4, ggufParts.magic).toString('latin1');
  if (magic !== 'GGUF') throw new GgufProblem(ggufWords.otherFormat);
  const version = cursor.uint32(ggufParts.version);
  if (version >>> 16 !== 0) throw new GgufProblem(ggufWords.bigEndian);
  if (version < 2 || version > 3) throw new GgufProblem(ggufWords.otherVersion(version));
  return version;
}

function countOf(cursor: GgufCursor, what: Localized<string>, most: number): number {
  const count = cursor.length(what);
  if (count === 0 || count > most) throw new GgufProblem(ggufWords.countOutside(what, count, most));
  return count;
}

function readMetadata(cursor: GgufCursor, count: number): Metadata {
  const metadata = new Map<string, GgufValue | GgufArray>();
  for (let index = 0; index < count; index++) {
    const key = cursor.string(ggufParts.key(index + 1, count));
    const name = printable(key);
    if (metadata.has(key)) throw new GgufProblem(ggufWords.keyTwice(name));
    metadata.set(key, cursor.value(cursor.uint32(ggufParts.typeOf(name)), ggufParts.valueOf(name)));
  }
  return metadata;
}

/** Sum of parameters; each tensor must lie within the file, aligned and with a name of its own. */
function readTensors(cursor: GgufCursor, count: number, alignment: number, fileBytes: number): number {
  if (alignment < 1 || alignment > 1 << 20 || (alignment & (alignment - 1)) !== 0)
    throw new GgufProblem(ggufWords.alignment(alignment));
  const names = new Set<string>();
  const ends: { readonly name: string; readonly end: number }[] = [];
  let parameters = 0;
  for (let index = 0; index < count; index++) {
    const name = printable(cursor.string(ggufParts.tensorName(index + 1, count)));
    if (names.has(name)) throw new GgufProblem(ggufWords.tensorTwice(name));
    names.add(name);
    const elements = readElements(cursor, name);
    const block = BLOCKS[cursor.uint32(ggufParts.tensorType(name))];
    const offset = cursor.length(ggufParts.tensorOffset(name));
    if (offset % alignment !== 0) throw new GgufProblem(ggufWords.tensorUnaligned(name, alignment));
    ends.push({ name, end: offset + (block === undefined ? 1 : Math.ceil(elements / block[0]) * block[1]) });
    parameters += elements;
  }
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  for (const { name, end } of ends) {
    if (dataStart + end > fileBytes)
      throw new GgufProblem(ggufWords.tensorCut(name, dataStart + end, fileBytes));
  }
  return parameters;
}

function readElements(cursor: GgufCursor, name: string): number {
  const dimensions = cursor.uint32(ggufParts.tensorDimensions(name));
  if (dimensions < 1 || dimensions > 4) throw new GgufProblem(ggufWords.dimensions(name, dimensions));
  let elements = 1;
  for (let index = 0; index < dimensions; index++) elements *= cursor.length(ggufParts.tensorShape(name));
  if (elements < 1 || elements > Number.MAX_SAFE_INTEGER)
    throw new GgufProblem(ggufWords.elements(name, elements));
  return elements;
}

function describe(version: number, sizeBytes: number, metadata: Metadata, parameters: number): GgufHeader {
  const architecture = architectureOf(metadata);
  const type = text(metadata, 'general.type') ?? 'model';
  if (type !== 'model') throw new GgufProblem(ggufWords.notModel(printable(type)));
  const parts = integer(metadata, 'split.count') ?? 1;
  if (parts > 1) throw new GgufProblem(ggufWords.split(parts));
  const contextTokens = integer(metadata, `${architecture}.context_length`);
  if (contextTokens === undefined || contextTokens < 1)
    throw new GgufProblem(ggufWords.noContext(`${architecture}.context_length`));
  const tokens = metadata.get('tokenizer.ggml.tokens');
  const tokenizer = text(metadata, 'tokenizer.ggml.model');
  if (tokenizer === undefined || typeof tokens !== 'object' || tokens.length === 0)
    throw new GgufProblem(ggufWords.noTokenizer);
  return {
    version,
    sizeBytes,
    architecture,
    name: text(metadata, 'general.name'),
    contextTokens,
    parameters,
    vocabularyTokens: tokens.length,
    embeddingWidth: integer(metadata, `${architecture}.embedding_length`) ?? 0,
    tokenizer,
    chatTemplate: text(metadata, 'tokenizer.chat_template'),
    licence: text(metadata, 'general.license'),
    licenceLink: text(metadata, 'general.license.link'),
    cacheBytesPerToken: cacheBytesPerToken(metadata, architecture),
    pooling: POOLING[integer(metadata, `${architecture}.pooling_type`) ?? 0],
  };
}

/** By number, as in llama.cpp's include/llama.h (`llama_pooling_type`); 0 is none. */
const POOLING = [undefined, 'mean', 'cls', 'last', 'rank'] as const;

function architectureOf(metadata: Metadata): string {
  const architecture = text(metadata, 'general.architecture');
  if (architecture === undefined || !/^[a-z0-9._-]{1,64}$/u.test(architecture))
    throw new GgufProblem(ggufWords.noArchitecture);
  return architecture;
}

/**
 * Keys and values of every layer at two bytes each, as llama.cpp reserves them (src/llama-kv-cache.cpp): heads may
 * differ from layer to layer, and compressed attention (MLA) keeps one narrow row and no values. A sliding window
 * would need less; what is counted is the most.
 */
function cacheBytesPerToken(metadata: Metadata, architecture: string): number {
  const own = (name: string) => integer(metadata, `${architecture}.${name}`);
  const layers = own('block_count') ?? 0;
  const compressed = own('attention.kv_lora_rank');
  if (compressed !== undefined) return layers * (compressed + (own('rope.dimension_count') ?? 0)) * 2;
  const heads = own('attention.head_count') ?? 0;
  const headWidth = heads > 0 ? (own('embedding_length') ?? 0) / heads : 0;
  const keyWidth = own('attention.key_length') ?? headWidth;
  const valueWidth = own('attention.value_length') ?? headWidth;
  const cachedHeads = metadata.get(`${architecture}.attention.head_count_kv`);
  const perLayer = typeof cachedHeads === 'object' ? cachedHeads.values?.map(Number) : undefined;
  const allHeads =
    perLayer?.length === layers
      ? perLayer.reduce((sum, count) => sum + count, 0)
      : layers * (own('attention.head_count_kv') ?? heads);
  return allHeads * (keyWidth + valueWidth) * 2;
}

/** A number, or the largest of an array of numbers (one for each layer). */
function integer(metadata: Metadata, key: string): number | undefined {
  const value = metadata.get(key);
  const given = typeof value === 'object' ? (value.values ?? []) : [value];
  const numbers = given.filter((one) => typeof one === 'number' || typeof one === 'bigint').map(Number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A name from a file that nobody trusts yet, for a message. */
function printable(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 80);
}
