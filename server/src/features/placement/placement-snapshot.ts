import type { PlacementFacts } from '../../core/placement/facts.ts';
import type { PolicyJudge } from '../../core/policy/judge.ts';
import { tablesOf, type AnyTransaction } from '../../platform/postgres/database.ts';
import { factsOf, keepFacts } from './facts-store.ts';
import type { PlacementParts } from './placement-context.ts';
import type { PlacementTables } from './placement-tables.ts';
import { noPolicy } from './policy-service.ts';
import { readActivePolicy } from './policy-store.ts';
import { readPolicy } from './policy-text.ts';

/** All that a process needs to decide, as of one transaction. The facts are kept: decisions can name their digest. */
export interface PlacementSnapshot {
  readonly facts: PlacementFacts;
  readonly digest: string;
  readonly judge: PolicyJudge;
}

/** Reads snapshots one after another; as long as the policy stays, so do the verdicts of its judge. */
export function createSnapshotReader(
  parts: PlacementParts,
): (trx: AnyTransaction) => Promise<PlacementSnapshot> {
  let judge: PolicyJudge | undefined;
  return async (outer) => {
    const trx = tablesOf<PlacementTables>(outer);
    const policy = await readActivePolicy(trx);
    if (!policy) throw noPolicy();
    const facts = factsOf(await parts.sites(outer), await parts.deployments(outer));
    const digest = await keepFacts(trx, facts, new Date(parts.clock.now()));
    if (judge?.hash !== policy.hash) judge = parts.cedar.judgeOf(readPolicy(policy.text));
    return { facts, digest, judge };
  };
}
