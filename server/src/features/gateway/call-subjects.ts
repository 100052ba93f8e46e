import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { SubjectJson } from '../dispatch/index.ts';
import type { CallContext } from './call-context.ts';
import type { Asked } from './endpoint.ts';
import { say } from './gateway-words.ts';

/**
 * Whom a call is about: those that the caller names, and where content is kept those that are found in what goes on.
 *
 * @param given the body as it came; guardrails may have taken persons out of what goes on, and their data was sent here
 *   all the same
 * @throws OpenAiError 403 where a person's data may not be processed now
 */
export function subjectsOf(
  { organisation, snapshot, language, subjects }: CallContext,
  vault: Pick<Vault, 'links'>,
  { bytes, user }: Asked,
  given: Buffer,
  keepsContent: boolean,
): SubjectJson[] {
  const named = user === undefined ? subjects : [...subjects, user];
  const restricted = snapshot.restricted.get(organisation.id);
  // Content is searched only where it is kept, or where somebody must not be found in it.
  const text = keepsContent || restricted ? bytes.toString() : '';
  if (named.length === 0 && text === '') return [];
  const links = vault.links(organisation.id, named, text);
  const all = restricted && given !== bytes ? vault.links(organisation.id, named, given.toString()) : links;
  if (restricted && all.some(({ index }) => restricted.has(index)))
    throw new OpenAiError(403, say('subjectRestricted', language), { code: 'subject_restricted' });
  return keepsContent ? links : links.filter(({ origin }) => origin === 'named');
}
