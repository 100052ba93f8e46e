import { nearestNames } from '../../core/engine/nearest-name.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { say } from './gateway-words.ts';
import type { Snapshot } from './snapshot.ts';

/** `GET /v1/models`: each name once, whether or not its engines are up. */
export function modelListBytes(snapshot: Snapshot): Buffer {
  return Buffer.from(JSON.stringify({ object: 'list', data: namesOf(snapshot).map(modelObject) }));
}

/** @throws OpenAiError 404 with the nearest names */
export function modelBytes(snapshot: Snapshot, id: string, language: Language): Buffer {
  const names = namesOf(snapshot);
  if (names.includes(id)) return Buffer.from(JSON.stringify(modelObject(id)));
  const nearest = nearestNames(id, names);
  const words = say('modelUnknown', language, { model: id.slice(0, 80) });
  const message = nearest.length > 0 ? `${words} ${nearest.join(', ')}?` : words;
  throw new OpenAiError(404, message, { code: 'model_not_found', param: 'model' });
}

const namesOf = ({ ground }: Snapshot) =>
  [...new Set(ground.facts.deployments.map(({ model }) => model))].sort();

/** OpenAI wants a creation time; a deployment's does not matter to anyone here. */
const modelObject = (id: string) => ({ id, object: 'model', created: 0, owned_by: 'kulning' });
