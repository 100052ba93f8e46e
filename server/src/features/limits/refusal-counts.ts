import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type { QuotaMeter } from '../../core/limits/quota-meter.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { LimitTables } from './limit-tables.ts';
import { addRefusals, type Refused } from './refusal-store.ts';

export type RecordEvents = (trx: AnyTransaction, events: readonly LedgerEvent[]) => Promise<unknown>;

const HOUR_MS = 3_600_000;
/** Beyond so many key and limit pairs between two writings, further ones are left uncounted: memory is bounded. */
const MOST_COUNTS = 10_000;

/**
 * Refusals by limits. They send nothing anywhere and decide nothing about data, and whoever is refused can cause any
 * number of them: so there is one ledger entry for the first of each hour, key and limit, and a count of all.
 */
export class RefusalCounts {
  readonly #database: Database<LimitTables>;
  readonly #recordEvents: RecordEvents;
  #counts = new Map<string, Refused>();

  constructor(options: { database: Database; recordEvents: RecordEvents }) {
    this.#database = options.database.withTables<LimitTables>();
    this.#recordEvents = options.recordEvents;
  }

  count(
    { keyId, organisationId, meter }: { keyId: string; organisationId: string; meter: QuotaMeter },
    now: number,
  ): void {
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
    const id = `${keyId} ${meter.scope.level} ${meter.dimension} ${hour}`;
    const known = this.#counts.get(id);
    if (known) known.calls++;
    else if (this.#counts.size < MOST_COUNTS)
      this.#counts.set(id, {
        organisation: organisationId,
        key: keyId,
        level: meter.scope.level,
        scope: meter.scope.id,
        dimension: meter.dimension,
        hour: new Date(hour).toISOString(),
        calls: 1,
      });
  }

  /** Writes what was counted since the last time. */
  async write(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    try {
      await this.#database.inInstance('calls refused by limits', async (trx) => {
        const first = await addRefusals(trx, [...counts.values()]);
        await this.#recordEvents(trx, first.map(refusedEvent));
      });
    } catch (error) {
      for (const [id, refused] of counts) {
        const since = this.#counts.get(id);
        if (since) since.calls += refused.calls;
        else this.#counts.set(id, refused);
      }
      throw error;
    }
  }
}

function refusedEvent({ organisation, key, level, scope, dimension, hour }: Refused): LedgerEvent {
  const body = { key, level, ...(level === 'key' || level === 'team' ? { scope } : {}), limit: dimension };
  return { kind: 'limits.refused', at: hour, organisation, body };
}
