import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  policySetTextToParts,
  policyToJson,
  validate,
  type DetailedError,
  type PolicyJson,
} from '@cedar-policy/cedar-wasm/nodejs';
import { asSaid, inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import { placeholders } from '../../core/placement/explain.ts';
import { ruleTags, type Language, type RuleRef } from '../../core/policy/rule.ts';
import { policyWords } from './policy-words.ts';
import { factsReadBy, type RuleFacts, UnusedCedarError } from './rule-facts.ts';

/** A rule of a policy: who it is, in words, and in Cedar. */
export interface PolicyRule extends RuleRef {
  readonly effect: 'permit' | 'forbid';
  readonly cedar: string;
  /** What it depends on. */
  readonly facts: RuleFacts;
}

/** A policy that was read, validated against the schema, and whose every rule has an id, a tag and words. */
export interface PolicyText {
  /** `sha256:` and hex of the UTF-8 text. */
  readonly hash: string;
  readonly text: string;
  /** In the order of the text. */
  readonly rules: readonly PolicyRule[];
}

const folder = new URL('../../../../data/policy/', import.meta.url);

/** What a rule may look at, as Cedar schema text. */
export const policySchema = readFileSync(new URL('schema.cedarschema', folder), 'utf8');

/** The policy that a new installation starts with. */
export const starterPolicy = readFileSync(new URL('starter.cedar', folder), 'utf8');

/**
 * Reads a policy, or refuses it with the line and the reason; nothing that is returned can fail to evaluate.
 * @throws KulningError `policy.invalid`, path `text:<line>`
 */
export function readPolicy(text: string): PolicyText {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw invalid(text, parts.errors[0], policyWords.notCedar);
  if (parts.policy_templates.length > 0)
    throw refused(lineAt(text, text.search(/\?(?:principal|resource)\b/)), policyWords.noTemplates);
  const rules: PolicyRule[] = [];
  for (const { cedar, at } of inOrder(text, parts.policies)) {
    const rule = readRule(cedar, lineAt(text, at));
    if (rules.some(({ id }) => id === rule.id)) throw refused(lineAt(text, at), policyWords.idTwice(rule.id));
    rules.push(rule);
  }
  const checked = validate({ schema: policySchema, policies: { staticPolicies: text } });
  const wrong =
    checked.type === 'failure' ? checked.errors : checked.validationErrors.map(({ error }) => error);
  if (wrong.length > 0) throw invalid(text, wrong[0], policyWords.notInSchema);
  return { hash: `sha256:${createHash('sha256').update(text).digest('hex')}`, text, rules };
}

/** Cedar names the rules of a text policy0, policy1, … and hands them out in the order of those names as words. */
function inOrder(text: string, policies: readonly string[]): { cedar: string; at: number }[] {
  const names = policies.map((_, index) => `policy${index}`).sort();
  let from = 0;
  return policies
    .map((cedar, index) => ({ cedar, place: Number(names[index]?.slice('policy'.length)) }))
    .sort((a, b) => a.place - b.place)
    .map(({ cedar }) => {
      const at = text.indexOf(cedar, from);
      from = at + cedar.length;
      return { cedar, at };
    });
}

function readRule(cedar: string, line: number): PolicyRule {
  const answer = policyToJson(cedar);
  if (answer.type === 'failure') throw invalid(cedar, answer.errors[0], policyWords.notCedar, line);
  const { json } = answer;
  const noted = json.annotations ?? {};
  const { id } = noted;
  if (!id || !/^[a-z0-9][a-z0-9-]{0,79}$/.test(id)) throw refused(line, policyWords.idNeeded);
  const tag = ruleTags.find((known) => known === noted['tag']);
  if (!tag) throw refused(line, policyWords.tagNeeded(id, ruleTags.join(', ')));
  const words = (language: Language) => readWords(noted[language], `@${language}`, id, line);
  return {
    id,
    tag,
    text: { en: words('en'), fr: words('fr'), sv: words('sv') },
    effect: json.effect,
    facts: factsOf(json, line),
    cedar,
  };
}

function factsOf(json: PolicyJson, line: number): RuleFacts {
  try {
    return factsReadBy(json);
  } catch (error) {
    if (error instanceof UnusedCedarError) throw refused(line, error.words);
    throw error;
  }
}

function readWords(words: string | undefined, annotation: string, id: string, line: number): string {
  if (!words) throw refused(line, policyWords.wordsNeeded(id, annotation));
  for (const [brace, name] of words.matchAll(/\{(\w*)\}/g)) {
    if (!placeholders.some((known) => known === name))
      throw refused(line, policyWords.braceUnknown(annotation, id, brace, placeholders.join(', ')));
  }
  return words;
}

/**
 * Says where and what kind of fault it is, and quotes Cedar, which speaks English only. Cedar counts bytes of UTF-8, an
 * editor counts lines.
 */
function invalid(
  text: string,
  error: DetailedError | undefined,
  fault: (near: Localized<string>, cedar: string) => Localized<string>,
  firstLine = 1,
): KulningError {
  if (error === undefined) return refused(firstLine, policyWords.unreadable);
  const [place] = error.sourceLocations ?? [];
  const bytes = Buffer.from(text);
  const line =
    firstLine +
    bytes
      .subarray(0, place?.start ?? 0)
      .toString()
      .split('\n').length -
    1;
  const [at = ''] = bytes.subarray(place?.start).toString().trimStart().split('\n');
  const near = at === '' ? policyWords.textEnd : asSaid(`"${at.length > 60 ? `${at.slice(0, 60)}…` : at}"`);
  const help = error.help ? `; ${error.help}` : '';
  return refused(line, fault(near, `${error.message}${help}`));
}

const lineAt = (text: string, at: number) => text.slice(0, Math.max(0, at)).split('\n').length;

function refused(line: number, reason: Localized<string>): KulningError {
  return new KulningError({
    code: 'policy.invalid',
    status: 422,
    text: inEachLanguage((language) => ({
      message: policyWords.wrongAt(line, reason[language])[language],
      hint: policyWords.howToWrite[language],
    })),
    path: `text:${line}`,
  });
}
