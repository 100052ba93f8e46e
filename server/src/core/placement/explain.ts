import type { PathRole } from '../policy/judge.ts';
import type { Language, RuleRef, RuleTag } from '../policy/rule.ts';
import type { Candidate, Criterion, Decision, Reason, ReasonSubject, Refusal } from './decision.ts';
import type { Fact, SiteFacts } from './facts.ts';
import {
  ableWords,
  dataClassWords,
  factWords,
  fill,
  hintWords,
  nearestWords,
  outcomeWords,
  reasonWords,
  roleWords,
  simulatedWords,
  thisMachineWords,
} from './placement-words.ts';

interface RuleInWords {
  readonly id: string;
  readonly tag: RuleTag;
  readonly words: string;
}

interface ReasonInWords {
  readonly code: Reason['code'];
  readonly words: string;
  readonly role?: PathRole;
  readonly site?: string;
  readonly rule?: RuleInWords;
}

interface CandidateInWords {
  readonly deployment: string;
  readonly model: string;
  readonly site: Candidate['site'];
  readonly verdict: Candidate['verdict'];
  readonly reasons: readonly ReasonInWords[];
  readonly allowedBy: readonly RuleInWords[];
  readonly score?: number;
  readonly criteria: readonly Criterion[];
}

export interface Explanation {
  readonly outcome: Decision['outcome'];
  /** One sentence, and for a refusal the reasons of the path that came closest. */
  readonly words: string;
  readonly code?: Refusal['code'];
  /** What to do now. */
  readonly hint?: string;
  readonly candidates: readonly CandidateInWords[];
}

/** A decision in the reader's language. It is made from the decision alone, so a replayed one reads the same. */
export function explain(decision: Decision, language: Language): Explanation {
  const candidates = decision.candidates.map((candidate) => candidateInWords(candidate, language));
  if (decision.outcome === 'placed') {
    const site = candidates.find(({ verdict }) => verdict === 'chosen')?.site.name;
    return { outcome: 'placed', words: fill(outcomeWords.placed, language, { site }), candidates };
  }
  const { refusal } = decision;
  const because = eachOnce(refusal.reasons.map((reason) => reasonInWords(reason, language).words));
  return {
    outcome: 'refused',
    words: [fill(outcomeWords[refusal.code], language, { model: refusal.model }), ...because].join(' '),
    code: refusal.code,
    hint: hintOf(refusal, language),
    candidates,
  };
}

function hintOf({ code, nearest }: Refusal, language: Language): string {
  const hint = hintWords[code][language];
  const words = code === 'ability.missing' ? ableWords : nearestWords;
  return nearest.length > 0 ? `${fill(words, language, { nearest: nearest.join(', ') })} ${hint}` : hint;
}

function candidateInWords(candidate: Candidate, language: Language): CandidateInWords {
  const { deploymentId, model, verdict, criteria, score } = candidate;
  const site = { ...candidate.site, name: nameOf(candidate.site, language) };
  return {
    deployment: deploymentId,
    model,
    site,
    verdict,
    reasons: candidate.reasons.map((reason) => reasonInWords(reason, language)),
    allowedBy: candidate.allowedBy.map((rule) => ruleInWords(rule, language, { site: site.name, model })),
    ...(score !== undefined && { score }),
    criteria,
  };
}

function reasonInWords(reason: Reason, language: Language): ReasonInWords {
  const { code, role, subject } = reason;
  const values = valuesOf(reason, language);
  const rule = reason.rule && ruleInWords(reason.rule, language, values);
  const words = rule?.words ?? (code === 'policy' ? '' : fill(reasonWords[code], language, values));
  return {
    code,
    words,
    ...(role && { role }),
    ...(subject.site
      ? { site: nameOf(subject.site, language) }
      : reason.siteId !== undefined && { site: reason.siteId }),
    ...(rule && { rule }),
  };
}

function ruleInWords(
  rule: RuleRef,
  language: Language,
  values: Readonly<Record<string, string | undefined>>,
): RuleInWords {
  return { id: rule.id, tag: rule.tag, words: fill(rule.text, language, values) };
}

/** The names that a rule's words may hold in braces. */
export const placeholders = [
  'site',
  'country',
  'operator',
  'parent',
  'parentCountry',
  'opensOn',
  'opensYear',
  'closedOn',
  'expired',
  'model',
  'licence',
  'dataClass',
  'role',
] as const;

function valuesOf({ role, siteId, subject }: Reason, language: Language): Record<string, string | undefined> {
  const { site, inputTokens, maxTokens } = subject;
  const region = (code: string | undefined) =>
    code && new Intl.DisplayNames([language], { type: 'region' }).of(code);
  const number = (value: number | undefined) => value?.toLocaleString(language);
  return {
    site: site ? nameOf(site, language) : siteId,
    country: region(site?.country?.value),
    operator: site?.operator?.value,
    parent: site?.parent?.value.name,
    parentCountry: region(site?.parent?.value.country),
    opensOn: site?.opensAt?.value.slice(0, 10),
    opensYear: site?.opensAt?.value.slice(0, 4),
    closedOn: site?.closesAt?.value.slice(0, 10),
    expired: expiredIn(subject, language),
    model: subject.model,
    licence: subject.licence,
    ability: subject.ability,
    dataClass: dataClassWords[subject.dataClass]?.[language],
    role: role && roleWords[role][language],
    contextTokens: number(subject.contextTokens),
    inputTokens: number(inputTokens),
    outTokens: number(maxTokens ?? 1),
    neededTokens: inputTokens === undefined ? undefined : number(inputTokens + (maxTokens ?? 1)),
    inFlight: number(subject.inFlight),
    slots: number(subject.slots),
  };
}

/** What was valid once and no longer is, with its last day: `ISO/IEC 27001 (2026-10-01)`. */
function expiredIn({ site, place }: ReasonSubject, language: Language): string | undefined {
  if (!site || !place) return undefined;
  const until = (name: string, fact: Fact<unknown> | undefined) =>
    fact?.validUntil === undefined ? name : `${name} (${fact.validUntil.slice(0, 10)})`;
  const facts = { country: site.country, operator: site.operator, parent: site.parent };
  const named = Object.entries(facts).filter(([name]) => place.expiredFacts.includes(name));
  return [
    ...named.map(([name, fact]) => until(factWords[name as keyof typeof facts][language], fact)),
    ...place.expiredCertifications.map((name) =>
      until(
        name,
        site.certifications.find(({ value }) => value === name),
      ),
    ),
  ].join(', ');
}

/**
 * Names that the starter gave are said in the reader's words: the machine bears its slug until somebody gives it a name,
 * and a stand-in says in English that it is one.
 */
function nameOf({ name }: Pick<SiteFacts, 'name'>, language: Language): string {
  return name === 'this-machine'
    ? thisMachineWords[language]
    : name.replace(/ \(simulated\)$/, ` (${simulatedWords[language]})`);
}

const eachOnce = (words: readonly string[]) => [...new Set(words)];
