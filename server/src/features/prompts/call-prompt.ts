import { OpenAiError } from '../../core/engine/openai-error.ts';
import { isObject, objectIn, textIn } from '../../core/dialects/json-view.ts';
import type { CallHandling } from '../dispatch/index.ts';
import { type PromptFacts, versionOf } from './prompt-facts.ts';
import { filled, type VariableValue } from './prompt-template.ts';
import type { PromptTexts } from './prompt-texts.ts';
import { faultWords, promptWords } from './prompt-words.ts';

export interface FilledPrompt {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly model: string | undefined;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly used: NonNullable<CallHandling['template']>;
}

/**
 * The template that a request names, filled: `{ id, version?, variables? }` as OpenAI's Responses API has it.
 * @throws OpenAiError 400 for a template, version or value that does not fit
 */
export async function filledPrompt(
  prompt: unknown,
  facts: PromptFacts,
  texts: PromptTexts,
  organisationId: string,
): Promise<FilledPrompt> {
  const { id, wanted, variables } = readReference(prompt);
  const row = facts.get(id);
  if (!row)
    throw refused('prompt_unknown', noticeText(promptWords.promptUnknown(id.slice(0, 80))), 'prompt.id');
  const version = versionOf(row, wanted);
  const text = version && (await texts.text(organisationId, version.recordId));
  if (!version)
    throw refused(
      'prompt_version_unknown',
      noticeText(promptWords.versionUnknown(row.name, (wanted ?? 'latest').slice(0, 80))),
      'prompt.version',
    );
  if (!text) throw refused('prompt_version_gone', promptWords.promptGone, 'prompt.version');
  const result = filled(text, variables);
  if ('fault' in result)
    throw refused('prompt_variables', faultWords(result), `prompt.variables.${result.variable.slice(0, 80)}`);
  const { model, temperature, maxTokens } = text;
  const used = { id: row.id, version: version.version, digest: version.digest };
  return { messages: result.messages, model, temperature, maxTokens, used };
}

function readReference(prompt: unknown) {
  const id = textIn(prompt, 'id');
  const version = isObject(prompt) ? prompt['version'] : undefined;
  const variables: Record<string, VariableValue> = {};
  for (const [name, given] of Object.entries(objectIn(prompt, 'variables') ?? {})) {
    // OpenAI's clients may wrap text; its images and files have no place in a text.
    const value = isObject(given) && given['type'] === 'input_text' ? given['text'] : given;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw refused('prompt_malformed', promptWords.promptMalformed, `prompt.variables.${name.slice(0, 80)}`);
    variables[name] = value;
  }
  const known =
    version === undefined || version === null || typeof version === 'string' || typeof version === 'number';
  if (id === undefined || !known) throw refused('prompt_malformed', promptWords.promptMalformed, 'prompt');
  return { id, wanted: version === undefined || version === null ? undefined : String(version), variables };
}

const refused = (code: string, said: { en: string; fr: string; sv: string }, param: string) =>
  new OpenAiError(400, said, { code, param });

type Notices = Readonly<Record<'en' | 'fr' | 'sv', { readonly message: string; readonly hint: string }>>;

const noticeText = ({ en, fr, sv }: Notices) => ({
  en: `${en.message} ${en.hint}`,
  fr: `${fr.message} ${fr.hint}`,
  sv: `${sv.message} ${sv.hint}`,
});
