import type { JsonObject } from '../../core/ledger/canonical-json.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { CallHandling, CallIntent, CallSettlement } from '../dispatch/index.ts';

/** A call from its first record to its last. Without a settlement nobody knows how it ended. */
export interface EndedCall {
  readonly intent: CallIntent;
  readonly settlement: CallSettlement | undefined;
}

/** One account of both directions; undefined where nothing was done with the content. */
export function handlingOf({ intent, settlement }: EndedCall): CallHandling | undefined {
  const { handling } = intent;
  const { guard } = handling ?? {};
  const answer = settlement?.answerGuard;
  return guard && answer ? { ...handling, guard: { ...guard, answer } } : handling;
}

/** What the ledger says of a call: no content, no identifier of a person, and the organisation as a pseudonym. */
export function callEvent(call: EndedCall): LedgerEvent {
  const { intent, settlement } = call;
  const { decision, placed, commitments } = intent;
  const { request, inputs, facts, policy } = decision;
  const body = {
    class: request.dataClass ?? null,
    purpose: request.purpose,
    decision: {
      outcome: placed ? 'placed' : 'refused',
      policy,
      facts,
      inputs,
      rules: intent.rules,
      ...(placed && { site: placed.siteId, deployment: placed.deploymentId }),
    },
    path: (placed?.path ?? []).map(({ role, siteId, country, simulated, tier }) => ({
      role,
      site: siteId,
      country: country ?? null,
      simulated,
      tier,
    })),
    ...(placed && {
      engine: placed.engine,
      model: {
        name: request.model,
        version: placed.modelVersion,
        digest: placed.digest ?? null,
        ...(placed.adapters && { adapters: placed.adapters }),
      },
    }),
    ...(settlement && { energy: settlement.energy, carbon: settlement.carbon, status: settlement.status }),
    ...(settlement?.reason !== undefined && { reason: settlement.reason }),
    ...(settlement?.tokens && { tokens: settlement.tokens }),
    ...handlingOf(call),
    ...(commitments && {
      commitments: {
        ...commitments,
        ...(settlement?.response !== undefined && { response: settlement.response }),
      },
    }),
  };
  return {
    kind: `call.${settlement?.outcome ?? 'interrupted'}`,
    at: new Date(settlement?.at ?? intent.at).toISOString(),
    organisation: request.organisationId,
    id: intent.callId,
    // JSON as it was journaled: what has no JSON form is not in it.
    body: body as unknown as JsonObject,
  };
}
