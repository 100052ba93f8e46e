import { chatEndpoint } from './endpoint-chat.ts';
import { completionsEndpoint } from './endpoint-completions.ts';
import { embeddingsEndpoint } from './endpoint-embeddings.ts';
import { fimEndpoint } from './endpoint-fim.ts';
import { messagesEndpoint, tokenCountEndpoint } from './endpoint-messages.ts';
import { rerankEndpoint } from './endpoint-rerank.ts';
import { responsesEndpoint } from './endpoint-responses.ts';
import type { Endpoint } from './endpoint.ts';
import type { Sentence } from './gateway-words.ts';

/** Every path that ends at an engine. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  [
    chatEndpoint,
    completionsEndpoint,
    embeddingsEndpoint,
    fimEndpoint,
    messagesEndpoint,
    rerankEndpoint,
    responsesEndpoint,
    tokenCountEndpoint,
  ].map((each) => [each.path, each]),
);

/** Paths of those APIs that are not here, and what to do instead. */
export const absentPaths: ReadonlyMap<string, Sentence> = new Map([
  ['/v1/moderations', 'moderationsAbsent'],
  ['/v1/chat/moderations', 'moderationsAbsent'],
]);
