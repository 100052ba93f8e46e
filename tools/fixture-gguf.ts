import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encodeGguf, type GgufEntry, type GgufTensor } from './gguf-encoder.ts';

/** A llama model of random weights. It writes gibberish by design: a real engine for tests, never a model to show. */
export interface FixtureOptions {
  readonly seed?: number;
  /** What the file claims; the engine may be given less. */
  readonly contextTokens?: number;
  /** `never`: no end token is ever likely, for aborts and queues. */
  readonly ending?: 'sometimes' | 'never';
  readonly template?: 'chatml' | 'chatml-without-tools' | 'mistral' | 'none';
  /** A model that makes a vector of a text (mean of its tokens), or scores a pair, instead of writing. */
  readonly pools?: 'to-vector' | 'to-score';
  /** Whether `<tool_call>` is one token, as where models were trained to write it: then a request can make it likely. */
  readonly callToken?: boolean;
  readonly licence?: string;
  readonly dimension?: number;
  readonly layers?: number;
  /** Written into the header as it is: 0 makes llama.cpp abort its process. */
  readonly claimedHeads?: number;
}

const HEADS = 4;
const LORA_RANK = 4;
const TOKEN_KIND = { normal: 1, unknown: 2, control: 3, whole: 4, byte: 6 };
/** Of what scores pairs: llama.cpp turns the two into shares of one. */
const SCORE_LABELS = ['yes', 'no'];
const SPACE = '\u2581';
const WORDS =
  'the a of to and is in invoice order meeting answer site data le la les de et est dans facture commande réponse ' +
  'données och att det är på av faktura möte svar uppgifter en un une ett för pour med avec from Monday lundi måndag';

interface Vocabulary {
  readonly texts: readonly string[];
  readonly kinds: readonly number[];
  readonly end: number;
}

/** Every prefix of every word is a token: the tokenizer joins neighbours two by two and needs each step between. */
function vocabulary(callToken: boolean): Vocabulary {
  const kindOf = new Map<string, number>([['<unk>', TOKEN_KIND.unknown]]);
  for (const control of ['<s>', '</s>', '<|im_start|>', '<|im_end|>'])
    kindOf.set(control, TOKEN_KIND.control);
  for (let byte = 0; byte < 256; byte++)
    kindOf.set(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, TOKEN_KIND.byte);
  for (let code = 0x21; code < 0x7f; code++) kindOf.set(String.fromCodePoint(code), TOKEN_KIND.normal);
  for (const letter of `${SPACE}åäöéèàçùêÅÄÖÉ`) kindOf.set(letter, TOKEN_KIND.normal);
  for (const word of WORDS.split(' ')) {
    for (let length = 1; length <= word.length; length++)
      kindOf.set(SPACE + word.slice(0, length), TOKEN_KIND.normal);
  }
  if (callToken) kindOf.set('<tool_call>', TOKEN_KIND.whole);
  const texts = [...kindOf.keys()];
  return { texts, kinds: [...kindOf.values()], end: texts.indexOf('<|im_end|>') };
}

const CHATML_MESSAGES =
  `{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + (message.content or '') }}` +
  `{% for call in message.tool_calls or [] %}{{ '<tool_call>' }}{{ call.function | tojson }}{{ '</tool_call>' }}{% endfor %}` +
  `{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;
const CHATML_TOOLS = `{% if tools %}{{ '<|im_start|>system\\n' }}{{ tools | tojson }}{{ '<|im_end|>\\n' }}{% endif %}`;
const RAISE = `{{ raise_exception('Tool call IDs should be alphanumeric strings with length 9!') }}`;
/** In the manner of Mistral's own: roles in brackets, and ids of nine characters or nothing. */
const MISTRAL =
  `{{ bos_token }}{% if tools %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{% endif %}` +
  `{% for message in messages %}{% if message.role == 'tool' %}` +
  `{% if message.tool_call_id | length != 9 %}${RAISE}{% endif %}{{ '[TOOL_RESULTS]' + message.content + '[/TOOL_RESULTS]' }}` +
  `{% elif message.role == 'assistant' %}{{ message.content or '' }}{% for call in message.tool_calls or [] %}` +
  `{% if call.id | length != 9 %}${RAISE}{% endif %}{{ '[TOOL_CALLS]' }}{{ call.function | tojson }}{% endfor %}{{ eos_token }}` +
  `{% else %}{{ '[INST]' + message.content + '[/INST]' }}{% endif %}{% endfor %}`;
const TEMPLATES = {
  chatml: `{{ bos_token }}${CHATML_TOOLS}${CHATML_MESSAGES}`,
  'chatml-without-tools': `{{ bos_token }}${CHATML_MESSAGES}`,
  mistral: MISTRAL,
  none: undefined,
};

/** Normal deviates from a 32-bit generator (mulberry32, then Box–Muller): the same bytes on every machine. */
function normalSource(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}

function matrix(
  name: string,
  columns: number,
  rows: number,
  valueAt: (row: number, column: number) => number,
): GgufTensor {
  const values = new Float32Array(columns * rows);
  for (let at = 0; at < values.length; at++) values[at] = valueAt(Math.floor(at / columns), at % columns);
  return { name, dimensions: [columns, rows], values };
}

/**
 * Coordinate 0 of the residual stream is the same for every token and no layer writes to it, so column 0 of the
 * output matrix is a bias per token. With it, control and byte tokens are kept out unless a grammar asks for them.
 */
function tensorsOf(
  words: Vocabulary,
  dimension: number,
  layers: number,
  endBias: number,
  seed: number,
  scores: boolean,
): GgufTensor[] {
  const normal = normalSource(seed);
  const constant = 4;
  const constantAfterNorm = constant / Math.sqrt((constant ** 2 + 16) / dimension);
  const biasOf = (token: number) => {
    if (token === words.end) return endBias;
    return words.kinds[token] === TOKEN_KIND.normal ? 0 : -30;
  };
  const random = (name: string, columns: number, rows: number, scale: number) =>
    matrix(name, columns, rows, () => normal() * scale);
  const silentInRowZero = (name: string, columns: number, rows: number) =>
    matrix(name, columns, rows, (row) => (row === 0 ? 0 : (normal() * 0.3) / Math.sqrt(columns)));
  const ones = (name: string, width = dimension) => ({
    name,
    dimensions: [width],
    values: new Float32Array(width).fill(1),
  });

  const scale = 1 / Math.sqrt(dimension);
  const tensors: GgufTensor[] = [
    matrix('token_embd.weight', dimension, words.texts.length, (_, column) =>
      column === 0 ? constant : normal() * 4 * scale,
    ),
    ones('output_norm.weight'),
    matrix('output.weight', dimension, words.texts.length, (token, column) =>
      column === 0 ? biasOf(token) / constantAfterNorm : normal() * 2 * scale,
    ),
  ];
  if (scores) tensors.push(random('cls.output.weight', dimension, SCORE_LABELS.length, 1));
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string) => `blk.${layer}.${part}.weight`;
    tensors.push(
      ones(name('attn_norm')),
      random(name('attn_q'), dimension, dimension, scale),
      random(name('attn_k'), dimension, dimension, scale),
      random(name('attn_v'), dimension, dimension, scale),
      silentInRowZero(name('attn_output'), dimension, dimension),
      ones(name('ffn_norm')),
      random(name('ffn_gate'), dimension, dimension * 2, scale),
      random(name('ffn_up'), dimension, dimension * 2, scale),
      silentInRowZero(name('ffn_down'), dimension * 2, dimension),
      ...(scores ? ['attn_q_norm', 'attn_k_norm'].map((part) => ones(name(part), dimension / HEADS)) : []),
    );
  }
  return tensors;
}

/** The whole file, in memory; the same options give the same bytes. */
export function fixtureGgufBytes(options: FixtureOptions = {}): Uint8Array {
  const {
    seed = 7,
    contextTokens = 4096,
    ending = 'sometimes',
    template = 'chatml',
    dimension = 64,
    layers = 2,
  } = options;
  const words = vocabulary(options.callToken ?? false);
  const heads = options.claimedHeads ?? HEADS;
  const chatTemplate = TEMPLATES[template];
  const scores = options.pools === 'to-score';
  const architecture = scores ? 'qwen3' : 'llama'; // llama has no head that scores
  const entries: GgufEntry[] = [
    ['general.architecture', 'string', architecture],
    ['general.name', 'string', 'kulning-fixture'],
    ['general.description', 'string', 'random weights for tests'],
    ['general.license', 'string', options.licence ?? 'apache-2.0'],
    ['general.alignment', 'uint32', 32],
    [`${architecture}.vocab_size`, 'uint32', words.texts.length],
    [`${architecture}.context_length`, 'uint32', contextTokens],
    [`${architecture}.embedding_length`, 'uint32', dimension],
    [`${architecture}.block_count`, 'uint32', layers],
    [`${architecture}.feed_forward_length`, 'uint32', dimension * 2],
    [`${architecture}.attention.head_count`, 'uint32', heads],
    [`${architecture}.attention.head_count_kv`, 'uint32', heads],
    [`${architecture}.attention.layer_norm_rms_epsilon`, 'float32', 1e-5],
    [`${architecture}.rope.dimension_count`, 'uint32', dimension / HEADS],
    ['tokenizer.ggml.model', 'string', 'llama'],
    ['tokenizer.ggml.tokens', 'string[]', words.texts],
    ['tokenizer.ggml.scores', 'float32[]', words.texts.map((text) => text.length)],
    ['tokenizer.ggml.token_type', 'int32[]', words.kinds],
    ['tokenizer.ggml.unknown_token_id', 'uint32', 0],
    ['tokenizer.ggml.bos_token_id', 'uint32', words.texts.indexOf('<s>')],
    ['tokenizer.ggml.eos_token_id', 'uint32', words.end],
    ['tokenizer.ggml.add_bos_token', 'bool', true],
    ['tokenizer.ggml.add_space_prefix', 'bool', false],
  ];
  if (options.pools === 'to-vector') entries.push([`${architecture}.pooling_type`, 'uint32', 1]);
  if (scores)
    entries.push(
      [`${architecture}.pooling_type`, 'uint32', 4],
      [`${architecture}.classifier.output_labels`, 'string[]', SCORE_LABELS],
    );
  if (chatTemplate !== undefined) entries.push(['tokenizer.chat_template', 'string', chatTemplate]);
  const endBias = ending === 'never' ? -30 : 1;
  return encodeGguf(entries, tensorsOf(words, dimension, layers, endBias, seed, scores));
}

/** A LoRA adapter of random weights for a fixture of these dimensions; at scale 1 it changes every answer. */
export function fixtureLora(options: Pick<FixtureOptions, 'dimension' | 'layers' | 'seed'> = {}): string {
  const { dimension = 64, layers = 2, seed = 11 } = options;
  const normal = normalSource(seed);
  const random = (name: string, columns: number, rows: number) => ({
    name,
    dimensions: [columns, rows],
    values: Float32Array.from({ length: columns * rows }, () => normal()),
  });
  const tensors = Array.from({ length: layers }, (_, layer) => `blk.${layer}.attn_output.weight`).flatMap(
    (name) => [
      random(`${name}.lora_a`, dimension, LORA_RANK),
      random(`${name}.lora_b`, LORA_RANK, dimension),
    ],
  );
  const entries: GgufEntry[] = [
    ['general.architecture', 'string', 'llama'],
    ['general.type', 'string', 'adapter'],
    ['general.alignment', 'uint32', 32],
    ['adapter.type', 'string', 'lora'],
    ['adapter.lora.alpha', 'float32', LORA_RANK],
  ];
  return kept(encodeGguf(entries, tensors));
}

/** Path of the file, written once for each set of options and kept in the temporary folder. */
export function fixtureGguf(options: FixtureOptions = {}): string {
  return kept(fixtureGgufBytes(options));
}

function kept(bytes: Uint8Array): string {
  const folder = join(tmpdir(), 'kulning-fixtures');
  const path = join(folder, `${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}.gguf`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, path);
  return path;
}

/** A file of each kind that an engine may be given, and an adapter for the one that writes. */
export function fileFixtures() {
  return {
    writes: fixtureGguf(),
    embeds: fixtureGguf({ pools: 'to-vector' }),
    ranks: fixtureGguf({ pools: 'to-score' }),
    adapter: fixtureLora(),
  };
}
