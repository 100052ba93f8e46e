import { hash } from 'node:crypto';

import { type GuardRules, isEmpty, tightened } from '../../core/guard/guard-policy.ts';
import { canonicalJson, type JsonObject } from '../../core/ledger/canonical-json.ts';
import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import { parents, rulesOf, together } from './guard-store.ts';
import type { GuardTables } from './guard-tables.ts';

/** The rules that calls of one key are held to. */
export interface GuardFacts {
  readonly rules: GuardRules;
  /** Of the rules in canonical JSON: receipts name it, and cached answers depend on it. */
  readonly digest: string;
}

/** By key and organisation; undefined where nothing is looked for. */
export type GuardLookup = (keyId: string, organisationId: string) => GuardFacts | undefined;

export const guardFactsOf = (rules: GuardRules): GuardFacts | undefined =>
  isEmpty(rules)
    ? undefined
    : { rules, digest: `sha256:${hash('sha256', canonicalJson(tightened(rules, {}) as JsonObject))}` };

/** In the transaction of a snapshot: an organisation's rules with those of all above it, and each key's on top. */
export async function readGuardFacts(given: AnyTransaction): Promise<GuardLookup> {
  const trx = tablesOf<GuardTables>(given);
  const all = await rulesOf(trx);
  if (all.length === 0) return () => undefined;
  const parentOf = await parents(trx);
  const ownOf = Map.groupBy(all, ({ scopeId }) => scopeId);
  const ofOrganisation = new Map<string, GuardRules>();
  const boundTo = (organisationId: string): GuardRules => {
    const known = ofOrganisation.get(organisationId);
    if (known) return known;
    const parent = parentOf.get(organisationId);
    const own = together(ownOf.get(organisationId) ?? []);
    const rules = parent === undefined ? own : tightened(own, boundTo(parent));
    ofOrganisation.set(organisationId, rules);
    return rules;
  };
  return (keyId, organisationId) =>
    guardFactsOf(tightened(boundTo(organisationId), together(ownOf.get(keyId) ?? [])));
}
