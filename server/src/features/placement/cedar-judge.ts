import { randomUUID } from 'node:crypto';

import {
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  type CedarValueJson,
  type EntityJson,
} from '@cedar-policy/cedar-wasm/nodejs';

import type { PathRole, PlaceFacts, PolicyJudge, Verdict, WorkFacts } from '../../core/policy/judge.ts';
import type { RuleRef } from '../../core/policy/rule.ts';
import { policySchema, type PolicyRule, type PolicyText } from './policy-text.ts';
import { VerdictCache } from './verdict-cache.ts';

/** Named when nothing permits: a refusal always names something. */
export const noRulePermits: RuleRef = {
  id: 'no-rule-permits',
  tag: 'house',
  text: {
    en: 'No rule of the policy permits this at {site}, and what is not permitted is refused.',
    fr: 'Aucune règle de la politique ne le permet sur le site {site}, et ce qui n’est pas permis est refusé.',
    sv: 'Ingen regel i policyn tillåter detta i {site}, och det som inte är tillåtet nekas.',
  },
};

/** Cedar in this process. The library keeps parsed policies by name and never lets go, so names are reused. */
export interface Cedar {
  judgeOf(policy: PolicyText): PolicyJudge;
  /** Verdicts of this policy as it stands, kept nowhere. */
  verdictOf(
    policy: Pick<PolicyText, 'hash' | 'rules'>,
    work: WorkFacts,
    place: PlaceFacts,
    role: PathRole,
  ): Verdict;
}

export interface CedarOptions {
  /** Verdicts kept for each judge; the oldest goes first. */
  readonly verdicts?: number;
  /** Parsed policies kept: the active one, and drafts or old ones that are being looked at. */
  readonly policies?: number;
}

export function createCedar({ verdicts = 50_000, policies = 4 }: CedarOptions = {}): Cedar {
  const instance = randomUUID();
  const free = Array.from({ length: policies }, (_, slot) => `${instance}/${slot}`);
  const parsed = new Map<string, string>();
  must(preparseSchema(instance, policySchema));

  const oldestName = (): string => {
    const [oldest] = parsed;
    if (!oldest) throw new RangeError('Cedar needs room for one policy at least');
    parsed.delete(oldest[0]);
    return oldest[1];
  };

  /** The name under which Cedar holds the policy; it is parsed again if it had to make room. */
  const nameOf = ({ hash, rules }: Pick<PolicyText, 'hash' | 'rules'>): string => {
    const known = parsed.get(hash);
    const name = known ?? free.pop() ?? oldestName();
    if (known === undefined) {
      const staticPolicies = Object.fromEntries(rules.map(({ id, cedar }) => [id, cedar]));
      must(preparsePolicySet(name, { staticPolicies }));
    }
    parsed.delete(hash);
    parsed.set(hash, name);
    return name;
  };

  const verdictOf: Cedar['verdictOf'] = (policy, work, place, role) =>
    ask(nameOf(policy), instance, policy.rules, work, place, role);

  return {
    verdictOf,
    judgeOf(policy) {
      const cache = new VerdictCache(verdicts);
      return {
        hash: policy.hash,
        judge: (work, place, role) =>
          cache.verdict(work, place, role, () => verdictOf(policy, work, place, role)),
      };
    },
  };
}

function ask(
  policyName: string,
  schemaName: string,
  rules: readonly PolicyRule[],
  work: WorkFacts,
  place: PlaceFacts,
  role: PathRole,
): Verdict {
  const { organisation, dataClass, purpose, demonstration } = work;
  const principal = { type: 'Organisation', id: organisation.id };
  const resource = { type: 'Place', id: place.site };
  const entities: EntityJson[] = [
    {
      uid: principal,
      attrs: { demonstration: organisation.demonstration, ...revenueOf(organisation) },
      parents: [],
    },
    { uid: resource, attrs: placeAttributes(place), parents: [] },
  ];
  const answer = statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: role },
    resource,
    context: { dataClass: { __entity: { type: 'DataClass', id: dataClass } }, purpose, demonstration },
    preparsedSchemaName: schemaName,
    validateRequest: true,
    preparsedPolicySetId: policyName,
    entities,
  });
  if (answer.type === 'failure')
    throw new Error(`Cedar cannot judge: ${answer.errors[0]?.message ?? 'no reason given'}`);
  const { decision, diagnostics } = answer.response;
  // A rule that cannot be evaluated is skipped by Cedar; here it refuses, whatever the others say.
  const naming =
    diagnostics.errors.length > 0 ? diagnostics.errors.map(({ policyId }) => policyId) : diagnostics.reason;
  const named = rules
    .filter(({ id }) => naming.includes(id))
    .map(({ id, tag, text }): RuleRef => ({ id, tag, text }));
  return {
    allowed: decision === 'allow' && diagnostics.errors.length === 0,
    rules: named.length > 0 ? named : [noRulePermits],
  };
}

function placeAttributes({
  state,
  model,
  certifications,
  expiredFacts,
  expiredCertifications,
  ...rest
}: PlaceFacts) {
  const attributes: Record<string, CedarValueJson> = {
    ...rest,
    state: { __entity: { type: 'SiteState', id: state } },
    certifications: [...certifications],
    expiredFacts: [...expiredFacts],
    expiredCertifications: [...expiredCertifications],
  };
  if (model) {
    const { revenueCapEurPerMonth: cap, ...facts } = model;
    // Cedar knows whole numbers only: a cap is rounded down and revenue up, so that rounding never permits.
    attributes['model'] = { ...facts, ...(cap !== undefined && { revenueCapEurPerMonth: Math.floor(cap) }) };
  }
  return attributes;
}

function revenueOf({ revenueEurPerMonth: revenue }: WorkFacts['organisation']): Record<string, number> {
  return revenue === undefined ? {} : { revenueEurPerMonth: Math.ceil(revenue) };
}

function must(answer: ReturnType<typeof preparseSchema>): void {
  if (answer.type === 'failure')
    throw new Error(`Cedar refuses what was validated: ${answer.errors[0]?.message}`);
}
