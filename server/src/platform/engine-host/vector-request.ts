import { z } from 'zod';

import { chatWords } from './chat-words.ts';
import { parseEngineRequest, refuseRequest } from './chat-request.ts';

const MOST_TEXTS = 2048;

const embeddingRequest = z.looseObject({
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(MOST_TEXTS)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});

const document = z.union([z.string().min(1), z.looseObject({ text: z.string().min(1) })]);
const rerankRequest = z.looseObject({
  query: z.string().min(1),
  documents: z.array(document).min(1).max(MOST_TEXTS),
  top_n: z.int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
});

export interface EmbeddingRequest {
  readonly texts: readonly string[];
  readonly base64: boolean;
}

export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** How many of the best are told. */
  readonly most: number;
  readonly withDocuments: boolean;
}

/** @throws OpenAiError 400 that names the wrong field */
export function parseEmbeddingRequest(body: string): EmbeddingRequest {
  const { input, encoding_format: encoding, dimensions } = parseEngineRequest(embeddingRequest, body);
  refuseRequest(typeof dimensions === 'number', 'dimensions', chatWords.ownWidth);
  return { texts: typeof input === 'string' ? [input] : input, base64: encoding === 'base64' };
}

/** @throws OpenAiError 400 that names the wrong field */
export function parseRerankRequest(body: string): RerankRequest {
  const {
    query,
    documents,
    top_n: most,
    return_documents: withDocuments,
  } = parseEngineRequest(rerankRequest, body);
  return {
    query,
    documents: documents.map((each) => (typeof each === 'string' ? each : each.text)),
    most: most ?? documents.length,
    withDocuments: withDocuments ?? false,
  };
}

/** The list of https://platform.openai.com/docs/api-reference/embeddings/object. */
export function embeddingBody(
  model: string,
  vectors: readonly Float32Array[],
  base64: boolean,
  tokens: number,
) {
  const data = vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: base64
      ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
      : [...vector],
  }));
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** The shape of Jina and llama-server, best first. */
export function rerankBody(model: string, request: RerankRequest, scores: readonly number[], tokens: number) {
  const results = scores
    .map((score, index) => ({
      index,
      relevance_score: score,
      ...(request.withDocuments && { document: { text: request.documents[index] } }),
    }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, request.most);
  return { model, object: 'list', results, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}
