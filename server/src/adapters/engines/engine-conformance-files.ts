import { describe, expect, it } from 'vitest';

import type { ChildPlace, EngineAbility, EngineCapabilities } from '../../core/engine/engine.ts';
import { normaliseEngineError } from '../../core/engine/openai-error.ts';
import { openChild } from './engine-conformance-child.ts';
import { call, textOf, type Completion } from './engine-conformance-client.ts';

const WIDTH = 64;
const facts = { contextTokens: 256, slots: 2, parameters: 1, sizeBytes: 1e9, cacheBytesPerToken: 0 };

interface Embeddings {
  readonly data: readonly { readonly index: number; readonly embedding: readonly number[] | string }[];
  readonly usage: { readonly prompt_tokens: number };
}
interface Ranking {
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
  readonly usage: { readonly prompt_tokens: number };
}

type Post = (path: string, body: object) => Promise<unknown>;

/** Paths of GGUF files with an embedding width of 64; the adapter is for the one that writes. */
export interface FileFixtures {
  readonly writes: string;
  readonly embeds: string;
  readonly ranks: string;
  readonly adapter: string;
}

interface Uses {
  readonly kind: 'llama' | 'llama-server';
  readonly files: FileFixtures;
  /** A child for as long as `work` lasts. @returns what it said it can do */
  withChild(config: object, work: (post: Post) => Promise<void>): Promise<EngineCapabilities | undefined>;
}

/** What engines of files do besides writing, and with adapters: the same of each. */
export function describeFileUses(
  kind: 'llama' | 'llama-server',
  files: FileFixtures,
  place: ChildPlace = {},
): void {
  const withChild: Uses['withChild'] = async (config, work) => {
    const child = await openChild(kind, { ...facts, ...config }, place);
    const post: Post = async (path, body) => {
      const reply = await call(child.endpoint, path, JSON.stringify(body));
      const text = await textOf(reply);
      const status = reply.statusCode ?? 0;
      if (status !== 200) throw normaliseEngineError(status, text);
      return JSON.parse(text);
    };
    try {
      await work(post);
    } finally {
      await child.close();
    }
    return child.capabilities;
  };
  describe(`files of the ${kind} engine`, () => {
    for (const cases of [embed, rank, adapt]) cases({ kind, files, withChild });
  });
}

const only = (ability: EngineAbility) =>
  expect.objectContaining({ chat: ability === 'chat', [ability]: true, tools: 'none' }) as object;

function embed({ kind, files, withChild }: Uses): void {
  it('embed: vectors of one width and of length 1, equal for equal texts', async () => {
    const modelPath = files.embeds;
    const capabilities = await withChild({ modelPath, serves: 'embeddings' }, async (post) => {
      const input = ['the invoice', 'la commande du lundi', 'the invoice'];
      const { data, usage } = (await post('/embeddings', { input })) as Embeddings;
      const vectors = data.map(({ embedding }) => embedding as readonly number[]);
      expect(vectors.map((vector) => vector.length)).toEqual([WIDTH, WIDTH, WIDTH]);
      for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      const apart = (a = 0, b = 1) =>
        Math.hypot(...(vectors[a] ?? []).map((value, at) => value - (vectors[b]?.[at] ?? 0)));
      expect(apart(0, 2)).toBeLessThan(1e-5);
      expect(apart(0, 1)).toBeGreaterThan(0.01);
      expect(usage.prompt_tokens).toBeGreaterThan(8);

      const [coded] = (
        (await post('/embeddings', { input: input[0], encoding_format: 'base64' })) as Embeddings
      ).data;
      const bytes = Buffer.from(String(coded?.embedding), 'base64');
      const floats = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
      expect(Math.hypot(...floats.map((value, at) => value - (vectors[0]?.[at] ?? 0)))).toBeLessThan(1e-5);
      await expect(post('/embeddings', { input: 'word '.repeat(600) })).rejects.toMatchObject({
        status: 400,
        body: { error: { code: 'context_length_exceeded', param: 'input' } },
      });
      // llama-server writes all the same; the gateway asks it for nothing but what it is deployed for.
      if (kind === 'llama')
        await expect(post('/chat/completions', { messages: [] })).rejects.toMatchObject({ status: 404 });
    });
    expect(capabilities).toEqual(only('embeddings'));
  });
}

function rank({ files, withChild }: Uses): void {
  it('rank: a score for each document, best first, the same each time, and no more than asked', async () => {
    const modelPath = files.ranks;
    const capabilities = await withChild({ modelPath, serves: 'rerank' }, async (post) => {
      const documents = ['facture', 'la réponse du lundi', 'meeting', 'facture'];
      const asked = { query: 'invoice', documents };
      const { results, usage } = (await post('/rerank', asked)) as Ranking;
      expect(results.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      const scores = results.map(({ relevance_score: score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      for (const score of scores) expect(Math.abs(score - 0.5)).toBeLessThanOrEqual(0.5);
      const of = (index: number) => results.find((each) => each.index === index)?.relevance_score ?? NaN;
      expect(of(0)).toBeCloseTo(of(3), 5);
      expect(new Set(scores.map((score) => score.toFixed(6))).size).toBeGreaterThan(1);
      expect(usage.prompt_tokens).toBeGreaterThan(8);
      const { results: best } = (await post('/rerank', { ...asked, top_n: 1 })) as Ranking;
      expect(best).toHaveLength(1);
      expect(best[0]?.relevance_score).toBeCloseTo(scores[0] ?? NaN, 5);
    });
    expect(capabilities).toEqual(only('rerank'));
  });
}

function adapt({ files, withChild }: Uses): void {
  it('write otherwise with a LoRA adapter than without its weight', async () => {
    const modelPath = files.writes;
    const path = files.adapter;
    const answers: (string | null | undefined)[] = [];
    for (const lora of [[{ path, scale: 0 }], [{ path, scale: 1 }]])
      await withChild({ modelPath, lora }, async (post) => {
        const asked = {
          messages: [{ role: 'user', content: 'the invoice' }],
          temperature: 0,
          max_tokens: 12,
        };
        answers.push(((await post('/chat/completions', asked)) as Completion).choices[0]?.message.content);
      });
    const [off, on] = answers;
    expect(off).not.toBe('');
    expect(on).not.toBe(off);
  });
}
