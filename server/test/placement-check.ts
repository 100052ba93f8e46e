import { isDeepStrictEqual } from 'node:util';

import { decide, isPlacement } from '../src/core/placement/decide.ts';
import type { CallInputs, PlacementFacts, PlacementRequest } from '../src/core/placement/facts.ts';
import type { PolicyJudge } from '../src/core/policy/judge.ts';
import type { Cedar } from '../src/features/placement/cedar-judge.ts';
import { worldOf } from './placement-cases.ts';
import { askOracle } from './placement-oracle.ts';
import { policyOf } from './placement-policies.ts';

export interface PlacementTally {
  cases: number;
  /** Calls that the oracle allows and that something could take. */
  allowed: number;
  /** Of those, the ones that were placed. */
  placed: number;
  /** Placed where the oracle forbids it, or refused in other words than it should be: seed and number of the case. */
  violations: { world: number; number: number; what: string }[];
}

export const newTally = (): PlacementTally => ({ cases: 0, allowed: 0, placed: 0, violations: [] });

/** Asks every question of one world of decision and oracle, and adds to the tally. */
export function checkWorld(
  world: number,
  count: number,
  cedar: Cedar,
  tally: PlacementTally,
  policy = policyOf(world),
): void {
  const { facts, cases } = worldOf(world);
  const judge = cedar.judgeOf(policy);
  const inForce = new Set(policy.rules.map(({ id }) => id));
  let number = 0;
  for (const { request, inputs } of cases(count)) {
    const what =
      checkCase(request, facts, inputs, judge, inForce, tally) ??
      (number % 10 === 0 ? replay(request, facts, inputs, judge) : undefined);
    if (what) tally.violations.push({ world, number, what });
    tally.cases++;
    number++;
  }
}

function checkCase(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
  inForce: ReadonlySet<string>,
  tally: PlacementTally,
): string | undefined {
  const { permitted, possible, wayIn } = askOracle(inForce, request, facts, inputs);
  const decision = decide(request, facts, inputs, policy);
  if (possible.size > 0) tally.allowed++;
  const judgedPermitted = decision.candidates.filter(({ verdict }) => verdict !== 'refused');
  if (judgedPermitted.some(({ deploymentId }) => !permitted.has(deploymentId)))
    return 'a forbidden candidate was permitted';
  if (judgedPermitted.length < permitted.size) return 'a permitted candidate was refused';
  if (decision.outcome === 'placed') {
    const { placement } = decision;
    if (!isPlacement(placement)) return 'what was placed is no placement';
    if (!possible.has(placement.deploymentId)) return 'a forbidden placement was made';
    tally.placed++;
    return failover(placement.deploymentId, request, facts, inputs, policy, possible);
  }
  const { code, rules, reasons } = decision.refusal;
  const known = facts.deployments.some(({ model }) => model === request.model);
  const expected =
    !known && wayIn
      ? ['model.unknown']
      : permitted.size === 0
        ? ['policy.denied']
        : ['capacity.none', 'context.overflow'];
  if (!expected.includes(code)) return `refused as ${code}, not ${expected.join(' or ')}`;
  if (
    code === 'policy.denied' &&
    rules.length === 0 &&
    !reasons.some((reason) => reason.code === 'site.unknown')
  )
    return 'a refusal names no rule';
  return undefined;
}

/** The same decision, bit for bit, from copies of what it was made from. */
function replay(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
): string | undefined {
  const again = decide(structuredClone(request), structuredClone(facts), structuredClone(inputs), policy);
  return isDeepStrictEqual(again, decide(request, facts, inputs, policy)) ? undefined : 'a replay differs';
}

/** With the chosen deployment failed, the next choice is among the others that were possible, or there is none. */
function failover(
  failed: string,
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
  possible: ReadonlySet<string>,
): string | undefined {
  const breakers = { ...inputs.breakers, [failed]: 'open' as const };
  const next = decide(request, facts, { ...inputs, breakers }, policy);
  if (next.outcome === 'refused') return possible.size > 1 ? 'failover gave up too early' : undefined;
  const { deploymentId } = next.placement;
  return deploymentId === failed || !possible.has(deploymentId) ? 'failover widened' : undefined;
}
