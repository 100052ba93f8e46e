import type { ChargedCall } from '../limits/index.ts';
import type { EndedCall } from './call-leaf.ts';

/** Calls that count against limits; those that were refused, failed or interrupted count for nothing. */
export function chargedCalls(calls: readonly EndedCall[]): ChargedCall[] {
  return calls.flatMap(({ intent, settlement }) => {
    if (!settlement?.charge) return [];
    const { charge, tokens } = settlement;
    return [{ organisationId: intent.decision.request.organisationId, keyId: intent.keyId, tokens, charge }];
  });
}
