import type { CallIntent, CallSettlement } from '../src/features/dispatch/index.ts';
import type { Frame } from '../src/platform/spool/spool-frame.ts';
import type { Chance } from './chance.ts';

export const usageOrganisation = 'org_usage';
export const firstHour = Date.parse('2026-06-01T10:00:00Z');

/** From 0 up to 1. */
const part = (chance: Chance) => chance.below(1e6) / 1e6;

const orNone = (id: string) => (id === '' ? null : id);

export interface MadeCall {
  readonly intent: CallIntent;
  readonly settlement: CallSettlement | undefined;
}

/** A call of any kind that there is: answered with and without known figures, refused, failed, cancelled, interrupted. */
export function madeCall(callId: string, chance: Chance): MadeCall {
  const at = firstHour + Math.floor(part(chance) * 5 * 3_600_000);
  const outcome = chance.pick([
    'answered',
    'answered',
    'answered',
    'refused',
    'failed',
    'cancelled',
    'interrupted',
  ] as const);
  const placed = outcome !== 'refused';
  const intent: CallIntent = {
    callId,
    at,
    keyId: orNone(chance.pick(['key_one', 'key_two', ''])),
    streamed: part(chance) < 0.5,
    decision: decisionOf(callId, at, chance),
    rules: placed ? [] : chance.pick([['eea-only'], ['eea-only', 'no-special']]),
    ...(placed && {
      placed: {
        siteId: chance.pick(['site_a', 'site_b']),
        deploymentId: chance.pick(['deployment_a', 'deployment_b']),
        engine: { id: 'engine_a', kind: 'llama' as const },
        modelVersion: 'version_a',
        path: [
          {
            role: 'engine' as const,
            siteId: 'site_a',
            site: 'a',
            country: 'SE',
            simulated: part(chance) < 0.2,
            tier: 'T0' as const,
          },
        ],
      },
    }),
    subjects: [],
    retentionDays: null,
  };
  return {
    intent,
    settlement:
      outcome === 'interrupted' ? undefined : settlementOf(callId, at, outcome, intent.streamed, chance),
  };
}

const decisionOf = (callId: string, at: number, chance: Chance): CallIntent['decision'] => ({
  request: {
    callId,
    organisationId: usageOrganisation,
    organisation: { demonstration: false },
    model: chance.pick(['herd', 'calf']),
    dataClass: 'internal',
    purpose: 'general',
    demonstration: false,
    ingressSiteId: 'site_a',
    storageSiteIds: [],
    backupSiteIds: [],
  },
  inputs: { now: at, inFlight: {}, breakers: {}, seed: 7 },
  facts: 'sha256:f',
  policy: 'sha256:p',
});

function settlementOf(
  callId: string,
  at: number,
  outcome: 'answered' | 'refused' | 'failed' | 'cancelled',
  streamed: boolean,
  chance: Chance,
): CallSettlement {
  const placed = outcome !== 'refused';
  const known = placed && part(chance) < 0.8;
  const wattHours = Math.round(part(chance) * 1e6) / 1e7;
  const totalMs = 2 ** (part(chance) * 14);
  const price = orNone(chance.pick(['price_1', 'price_2', '']));
  const charge = {
    at,
    nanoEur: price === null ? null : Math.floor(part(chance) * 1e9),
    priceId: price,
    budget: { nanoEur: 0, microgramsCo2: 0 },
    teamId: orNone(chance.pick(['team_a', ''])),
    agencyId: usageOrganisation,
    leases: 0,
  };
  return {
    callId,
    at: at + Math.ceil(totalMs),
    outcome,
    status: outcome === 'answered' ? 200 : 403,
    ...(outcome !== 'answered' && { reason: outcome === 'refused' ? 'policy.denied' : 'engine.failed' }),
    ...(known && {
      tokens: { input: Math.floor(part(chance) * 4000), output: Math.floor(part(chance) * 900) },
    }),
    ...(outcome === 'answered' && { charge }),
    energy: known
      ? {
          value: wattHours,
          unit: 'Wh',
          provenance: chance.pick(['declared', 'measured'] as const),
          method: 'm',
        }
      : { value: null, unit: 'Wh', provenance: 'unknown', method: 'm' },
    carbon: known
      ? { value: wattHours / 3, unit: 'g', provenance: 'modelled', method: 'm' }
      : { value: null, unit: 'g', provenance: 'unknown', method: 'm' },
    ...(placed && streamed && { firstByteMs: totalMs / 4 }),
    totalMs,
    overheadMs: 0.2 + part(chance),
  };
}

/** As the journal has them: each intent, then how it ended, if that is known. */
export function framesOf(calls: readonly MadeCall[], firstSequence = 1): Frame[] {
  const records = calls.flatMap(({ intent, settlement }) =>
    settlement ? [{ intent }, { settled: settlement }] : [{ intent }],
  );
  return records.map((record, index) => ({
    sequence: firstSequence + index,
    payload: Buffer.from(JSON.stringify(record)),
  }));
}
