import type { SpoolWriter } from '../../platform/spool/spool-writer.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { BegunCall, CallIntent, CallRoute, CallSettlement, SettlementSink } from '../dispatch/index.ts';

/** One frame of the journal. */
export type JournalRecord = { readonly intent: CallIntent } | { readonly settled: CallSettlement };

export interface CallJournal extends SettlementSink {
  /** These calls are in the database: nothing in the journal needs their keys any more. */
  moved(callIds: readonly string[]): void;
}

/** Kept free for how a call ends, from the moment it begins: more than any settlement needs, padding included. */
const SETTLEMENT_BYTES = 4 * 1024;

/**
 * Settles calls into the spool. Who seals a call's record holds its epoch; from the intent on the journal keeps that
 * hold, and gives it back when the call has moved.
 */
export function createCallJournal(
  spool: Pick<SpoolWriter, 'append' | 'reserve' | 'unreserve'>,
  epochUse?: Pick<EpochUse, 'release'>,
): CallJournal {
  const open = new Set<string>();
  const held = new Map<string, { readonly organisationId: string; readonly epoch: number }>();
  const intentText = intentTexts();
  return {
    async intent(intent) {
      const { callId, sealed, decision } = intent;
      // A call that is placed again writes a second intent, and still ends once.
      if (!open.has(callId)) {
        spool.reserve(SETTLEMENT_BYTES);
        open.add(callId);
      }
      try {
        await spool.append(intentText(intent));
      } catch (error) {
        if (open.delete(callId)) spool.unreserve(SETTLEMENT_BYTES);
        throw error;
      }
      if (sealed) held.set(callId, { organisationId: decision.request.organisationId, epoch: sealed.epoch });
    },
    settle(settled) {
      if (open.delete(settled.callId)) spool.unreserve(SETTLEMENT_BYTES);
      return spool.append(JSON.stringify({ settled } satisfies JournalRecord));
    },
    moved(callIds) {
      for (const callId of callIds) {
        const hold = held.get(callId);
        if (hold) epochUse?.release(hold.organisationId, hold.epoch);
        held.delete(callId);
      }
    },
  };
}

/**
 * Writes `{ intent }` as a `CallIntent`. Half of it is the route, one object for all calls that are placed alike: it is
 * written once, and from then on put in as text.
 */
function intentTexts(): (intent: BegunCall) => string {
  const routes = new WeakMap<CallRoute, string>();
  return ({ route, ...own }) => {
    let text = routes.get(route);
    if (text === undefined) routes.set(route, (text = JSON.stringify(route).slice(1)));
    return `{"intent":${JSON.stringify(own).slice(0, -1)},${text}}`;
  };
}
