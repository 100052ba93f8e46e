import type { SpoolWriter } from '../../platform/spool/spool-writer.ts';
import type { CallIntent, CallSettlement, SettlementSink } from '../dispatch/index.ts';

/** One frame of the journal. */
export type JournalRecord = { readonly intent: CallIntent } | { readonly settled: CallSettlement };

/** Kept free for how a call ends, from the moment it begins: more than any settlement needs, padding included. */
const SETTLEMENT_BYTES = 4 * 1024;

/** Settles calls into the spool. */
export function createCallJournal(
  spool: Pick<SpoolWriter, 'append' | 'reserve' | 'unreserve'>,
): SettlementSink {
  const open = new Set<string>();
  return {
    async intent(intent) {
      // A call that is placed again writes a second intent, and still ends once.
      const first = !open.has(intent.callId);
      if (first) {
        spool.reserve(SETTLEMENT_BYTES);
        open.add(intent.callId);
      }
      try {
        await spool.append(JSON.stringify({ intent } satisfies JournalRecord));
      } catch (error) {
        if (open.delete(intent.callId)) spool.unreserve(SETTLEMENT_BYTES);
        throw error;
      }
    },
    async settle(settled) {
      if (open.delete(settled.callId)) spool.unreserve(SETTLEMENT_BYTES);
      await spool.append(JSON.stringify({ settled } satisfies JournalRecord));
    },
  };
}
