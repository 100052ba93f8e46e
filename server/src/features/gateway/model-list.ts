import type { EngineAbility } from '../../core/engine/engine.ts';
import { nearestNames } from '../../core/engine/nearest-name.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { say } from './gateway-words.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * `GET /v1/models`: each name once, whether or not its engines are up. One shape for three kinds of clients: OpenAI's
 * read `id`; Mistral's want a `type` and capabilities; Anthropic's look whether there is more.
 */
export function modelListBytes(snapshot: Snapshot): Buffer {
  const data = namesOf(snapshot).map((name) => modelObject(snapshot, name));
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return Buffer.from(JSON.stringify({ object: 'list', data, has_more: false, ...ends }));
}

/** @throws OpenAiError 404 with the nearest names */
export function modelBytes(snapshot: Snapshot, id: string, language: Language): Buffer {
  const names = namesOf(snapshot);
  if (names.includes(id)) return Buffer.from(JSON.stringify(modelObject(snapshot, id)));
  const nearest = nearestNames(id, names);
  const words = say('modelUnknown', language, { model: id.slice(0, 80) });
  const message = nearest.length > 0 ? `${words} ${nearest.join(', ')}?` : words;
  throw new OpenAiError(404, message, { code: 'model_not_found', param: 'model' });
}

const namesOf = ({ ground }: Snapshot) =>
  [...new Set(ground.facts.deployments.map(({ model }) => model))].sort();

/** What a deployment of that name can do, as engines said; OpenAI wants a creation time, which matters to nobody here. */
function modelObject({ ground }: Snapshot, id: string) {
  const serving = ground.facts.deployments.filter(({ model }) => model === id);
  const can = (ability: EngineAbility) =>
    serving.some(({ capabilities }) => (capabilities?.[ability] ?? ability === 'chat') === true);
  const tokens = serving.flatMap(({ contextTokens }) => contextTokens ?? []);
  return {
    id,
    object: 'model',
    type: 'base',
    created: 0,
    created_at: new Date(0).toISOString(),
    owned_by: 'kulning',
    display_name: id,
    ...(tokens.length > 0 && { max_context_length: Math.max(...tokens) }),
    capabilities: {
      completion_chat: can('chat'),
      completion_fim: can('fim'),
      function_calling: serving.some(({ capabilities }) =>
        ['native', 'grammar'].includes(capabilities?.tools ?? ''),
      ),
      embeddings: can('embeddings'),
    },
  };
}
