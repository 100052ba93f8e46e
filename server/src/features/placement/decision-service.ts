import { KulningError } from '@kulning/sdk';

import { decide } from '../../core/placement/decide.ts';
import { explain, type Explanation } from '../../core/placement/explain.ts';
import type { DataClass, PlacementRequest } from '../../core/placement/facts.ts';
import type { Language } from '../../core/policy/rule.ts';
import { factsOf, readFacts } from './facts-store.ts';
import type { PlacementParts } from './placement-context.ts';
import { noPolicy } from './policy-service.ts';
import { readActivePolicy, readStoredPolicy } from './policy-store.ts';
import { readPolicy } from './policy-text.ts';
import { policyWords } from './policy-words.ts';

export interface TestedWork {
  readonly model: string;
  readonly dataClass?: DataClass | undefined;
  readonly purpose: string;
  readonly demonstration: boolean;
  /** ISO 8601; now when left out. */
  readonly at?: string | undefined;
  /** A draft to judge by; the active policy when left out. */
  readonly text?: string | undefined;
}

/** Would this be allowed? Decided with an idle, healthy installation; nothing is sent and nothing is recorded. */
export async function testWork(
  { database, clock, cedar, sites, deployments, callerFacts }: PlacementParts,
  organisationId: string,
  { at, text, dataClass, ...work }: TestedWork,
  language: Language,
): Promise<Explanation> {
  const { facts, caller, active } = await database.inInstance('test a policy', async (trx) => ({
    facts: factsOf(
      await sites(trx),
      (await deployments(trx)).map((deployment) => ({ ...deployment, ready: true })),
    ),
    caller: await callerFacts(trx, organisationId),
    active: await readActivePolicy(trx),
  }));
  const policyText = text ?? active?.text;
  if (policyText === undefined) throw noPolicy();
  const judge = cedar.judgeOf(readPolicy(policyText));
  const request: PlacementRequest = {
    callId: 'test',
    organisationId,
    ...caller,
    ...work,
    ...(dataClass && { dataClass }),
  };
  const now = at === undefined ? clock.now() : Date.parse(at);
  return explain(decide(request, facts, { now, inFlight: {}, breakers: {}, seed: 0 }, judge), language);
}

export interface DecisionTold extends Explanation {
  readonly callId: string;
  readonly decidedAt: string;
  readonly policy: string;
  readonly facts: string;
}

/**
 * Why a call went where it went: the decision made again from what was recorded, told in the reader's language.
 * @throws KulningError `decision.unknown`, and `decision.facts_missing` when what it was made from is not kept
 */
export async function explainCall(
  { database, cedar, decisionOf }: PlacementParts,
  organisationId: string,
  callId: string,
  language: Language,
): Promise<DecisionTold> {
  const record = await decisionOf(organisationId, callId);
  if (!record) {
    throw new KulningError({
      code: 'decision.unknown',
      status: 404,
      text: policyWords.decisionUnknown(callId),
      path: 'callId',
    });
  }
  const { facts, policy } = await database.kysely.transaction().execute(async (trx) => ({
    facts: await readFacts(trx, record.facts),
    policy: await readStoredPolicy(trx, record.policy),
  }));
  if (!facts || !policy) {
    throw new KulningError({
      code: 'decision.facts_missing',
      status: 500,
      text: policyWords.decisionIncomplete,
    });
  }
  const decision = decide(record.request, facts, record.inputs, cedar.judgeOf(readPolicy(policy.text)));
  return {
    ...explain(decision, language),
    callId,
    decidedAt: new Date(record.inputs.now).toISOString(),
    policy: record.policy,
    facts: record.facts,
  };
}
