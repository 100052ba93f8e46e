import { decisionsOperations, policyOperations, type DecisionExplained } from '@kulning/sdk';

import type { Explanation } from '../../core/placement/explain.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { explainCall, testWork } from './decision-service.ts';
import type { PlacementParts } from './placement-context.ts';
import {
  activatePolicy,
  activePolicy,
  compareWithActive,
  policyVersion,
  policyVersions,
} from './policy-service.ts';

export function placementRoutes(parts: PlacementParts): Route[] {
  return [
    route(policyOperations.get, () => activePolicy(parts)),
    route(policyOperations.versions, async () => ({ items: await policyVersions(parts) })),
    route(policyOperations.version, ({ params }) => policyVersion(parts, params.hash)),
    route(policyOperations.compare, ({ body }, { caller }) =>
      compareWithActive(parts, body.text, caller.language),
    ),
    route(policyOperations.activate, ({ body }, { caller }) =>
      activatePolicy(parts, body.text, body.acceptWider, caller.language),
    ),
    route(policyOperations.test, async ({ body }, { caller }) =>
      viewOf(await testWork(parts, caller.organisationId, body, caller.language)),
    ),
    route(decisionsOperations.get, async ({ params }, { caller }) => {
      const told = await explainCall(parts, caller.organisationId, params.callId, caller.language);
      const { callId, decidedAt, policy, facts } = told;
      return { ...viewOf(told), callId, decidedAt, policy, facts };
    }),
  ];
}

/** The contract's arrays may be changed by who receives them; the core's may not. */
function viewOf({ outcome, words, code, hint, candidates }: Explanation): DecisionExplained {
  return {
    outcome,
    words,
    code,
    hint,
    candidates: candidates.map((candidate) => ({
      ...candidate,
      reasons: [...candidate.reasons],
      allowedBy: [...candidate.allowedBy],
      criteria: [...candidate.criteria],
    })),
  };
}
