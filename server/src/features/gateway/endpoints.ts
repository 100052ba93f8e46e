import { chatEndpoint } from './endpoint-chat.ts';
import { completionsEndpoint } from './endpoint-completions.ts';
import { embeddingsEndpoint } from './endpoint-embeddings.ts';
import type { Endpoint } from './endpoint.ts';

/** Every path that ends at an engine. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  [chatEndpoint, completionsEndpoint, embeddingsEndpoint].map((each) => [each.path, each]),
);
