import { KulningError, type PolicyComparison, type PolicyVersion } from '@kulning/sdk';

import type { Language } from '../../core/policy/rule.ts';
import { inGeneral } from '../../core/placement/placement-words.ts';
import type { PlacementContext } from './placement-context.ts';
import { comparePolicies } from './policy-compare.ts';
import * as store from './policy-store.ts';
import { readPolicy, starterPolicy } from './policy-text.ts';
import { policyWords } from './policy-words.ts';

/** The starter policy at the first start; afterwards it changes nothing. */
export async function ensurePolicy(context: PlacementContext): Promise<void> {
  const at = new Date(context.clock.now());
  const { hash, rules } = readPolicy(starterPolicy);
  await context.database.inInstance('first policy', async (trx) => {
    if (await store.readActivePolicy(trx)) return;
    await store.bumpPolicy(trx);
    if (await store.readActivePolicy(trx)) return;
    await store.insertPolicy(trx, hash, starterPolicy, at);
    await store.insertActivation(trx, hash, at);
    const body = { policy: hash, previous: null, rules: rules.map(({ id }) => id) };
    await context.record(trx, { kind: 'policy.activated', at: at.toISOString(), organisation: null, body });
  });
}

/** @throws KulningError `policy.none` */
export async function activePolicy({ database }: PlacementContext): Promise<PolicyVersion> {
  return versionOf(await active(database), true);
}

export async function policyVersions({
  database,
}: PlacementContext): Promise<Omit<PolicyVersion, 'text' | 'rules'>[]> {
  const policies = await database.kysely.transaction().execute(store.readPolicies);
  return policies.map((policy, index) => {
    const { hash, createdAt, active: isActive, activatedAt } = headOf(policy, index === 0);
    return { hash, createdAt, active: isActive, ...(activatedAt !== undefined && { activatedAt }) };
  });
}

/** @throws KulningError `policy.unknown` */
export async function policyVersion({ database }: PlacementContext, hash: string): Promise<PolicyVersion> {
  const policies = await database.kysely.transaction().execute(store.readPolicies);
  const index = policies.findIndex((policy) => policy.hash === hash);
  const policy = policies[index];
  if (!policy) throw unknownPolicy(hash);
  return versionOf(policy, index === 0);
}

/** @throws KulningError `policy.invalid`, `policy.too_many_cases` */
export async function compareWithActive(
  { database }: PlacementContext,
  text: string,
  language: Language,
): Promise<PolicyComparison> {
  const draft = readPolicy(text);
  return comparePolicies(readPolicy((await active(database)).text), draft, language);
}

/**
 * Puts a policy in force. It was compared with the one that it replaces, and that must still be the active one when it
 * takes over; the switch, its ledger entry and the word to the gateways are one transaction.
 * @throws KulningError `policy.invalid`, `policy.widens`, `policy.changed_meanwhile`
 */
export async function activatePolicy(
  context: PlacementContext,
  text: string,
  acceptWider: boolean,
  language: Language,
): Promise<{ hash: string; activatedAt: string; comparison: PolicyComparison }> {
  const draft = readPolicy(text);
  const current = await active(context.database);
  const comparison = await comparePolicies(readPolicy(current.text), draft, language);
  if (comparison.widensRestricted && !acceptWider) throw widens(comparison);
  const activatedAt = await context.database.inInstance('activate a policy', async (trx) => {
    await store.bumpPolicy(trx);
    const still = await store.readActivePolicy(trx);
    if (still?.hash !== current.hash) throw changedMeanwhile();
    if (still.hash === draft.hash && still.activatedAt) return still.activatedAt;
    const at = new Date(context.clock.now());
    await store.insertPolicy(trx, draft.hash, text, at);
    await store.insertActivation(trx, draft.hash, at);
    const { combinations, widened, narrowed, widensRestricted } = comparison;
    await context.record(trx, {
      kind: 'policy.activated',
      at: at.toISOString(),
      organisation: null,
      body: {
        policy: draft.hash,
        previous: current.hash,
        rules: draft.rules.map(({ id }) => id),
        comparison: { combinations, widened, narrowed, widensRestricted },
      },
    });
    return at;
  });
  return { hash: draft.hash, activatedAt: activatedAt.toISOString(), comparison };
}

async function active(database: PlacementContext['database']): Promise<store.StoredPolicy> {
  const policy = await database.kysely.transaction().execute(store.readActivePolicy);
  if (policy) return policy;
  throw noPolicy();
}

export function noPolicy(): KulningError {
  return new KulningError({
    code: 'policy.none',
    status: 503,
    text: policyWords.noneActive,
    retryable: true,
  });
}

function headOf({ hash, createdAt, activatedAt }: store.StoredPolicy, isActive: boolean) {
  return {
    hash,
    createdAt: createdAt.toISOString(),
    ...(activatedAt && { activatedAt: activatedAt.toISOString() }),
    active: isActive && activatedAt !== undefined,
  };
}

function versionOf(policy: store.StoredPolicy, isActive: boolean): PolicyVersion {
  const rules = readPolicy(policy.text).rules.map(({ id, effect, tag, text, cedar }) => ({
    id,
    effect,
    tag,
    text: inGeneral(text),
    cedar,
  }));
  return { ...headOf(policy, isActive), text: policy.text, rules };
}

function unknownPolicy(hash: string): KulningError {
  return new KulningError({
    code: 'policy.unknown',
    status: 404,
    text: policyWords.unknown(hash),
    path: 'hash',
  });
}

function widens({ widened, examples }: PolicyComparison): KulningError {
  const [example] = examples.widened.filter(
    ({ dataClass }) => dataClass === 'personal' || dataClass === 'special',
  );
  const facts = example?.facts.map(({ name, value }) => `${name}: ${value}`).join(', ');
  const text =
    example && facts
      ? policyWords.widensAs(widened, example.dataClass ?? '', facts)
      : policyWords.widens(widened);
  return new KulningError({
    code: 'policy.widens',
    status: 409,
    text,
    path: 'acceptWider',
  });
}

function changedMeanwhile(): KulningError {
  return new KulningError({
    code: 'policy.changed_meanwhile',
    status: 409,
    text: policyWords.changedMeanwhile,
    retryable: true,
  });
}
