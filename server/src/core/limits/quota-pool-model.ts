import { type LimitDimension, periodOf } from './limit.ts';
import { grantBlock, refilled } from './quota-grant.ts';
import type { QuotaMeter } from './quota-meter.ts';
import type { QuotaTable } from './quota-table.ts';

interface Lease {
  taken: number;
  shipped: number;
}

interface Pot {
  limit: number;
  spent: number;
  level: number;
  filledAt: number;
  readonly leases: Map<string, Lease>;
}

/**
 * The pool that processes lease from, in memory: the reference for the one in PostgreSQL, by which tests and the model
 * check judge. A lease is worth what was taken less what its process has shipped as spent.
 */
export class QuotaPoolModel {
  readonly #pots = new Map<string, Pot>();

  exchange(process: string, table: QuotaTable, now: number): void {
    for (const line of table.asks(now, true)) {
      const { meter, period, keep, back, need, wish } = line;
      const pot = this.#pot(meter, period, now);
      pot.limit = meter.limit;
      if (meter.kind === 'rate') {
        pot.level = Math.min(pot.limit, refilled(pot.level, pot.filledAt, pot.limit, now) + back);
        pot.filledAt = now;
      } else this.#lease(pot, process).taken = keep;
      const grant = grantBlock(meter.kind, pot.limit, freeOf(pot, meter.dimension, now), { need, wish });
      if (meter.kind === 'rate') pot.level -= grant.granted;
      else this.#lease(pot, process).taken += grant.granted;
      table.receive(line, grant, now);
    }
  }

  /** A call of the process reaches the books: from here on it is spent, and no longer leased. */
  ship(
    process: string,
    meter: Pick<QuotaMeter, 'scope' | 'dimension' | 'limit'>,
    amount: number,
    at: number,
  ): void {
    const pot = this.#pot(meter, periodOf(meter.dimension, at).name, at);
    pot.spent += amount;
    const lease = pot.leases.get(process);
    if (lease) lease.shipped += amount;
  }

  reclaim(process: string): void {
    for (const pot of this.#pots.values()) pot.leases.delete(process);
  }

  free(meter: QuotaMeter, now: number): number {
    return freeOf(this.#pot(meter, meter.period.name, now), meter.dimension, now);
  }

  spent(meter: QuotaMeter, now: number): number {
    return this.#pot(meter, meter.period.name, now).spent;
  }

  #pot(
    { scope, dimension, limit }: Pick<QuotaMeter, 'scope' | 'dimension' | 'limit'>,
    period: string,
    now: number,
  ): Pot {
    const id = `${scope.level} ${scope.id} ${dimension} ${period}`;
    let pot = this.#pots.get(id);
    if (!pot) this.#pots.set(id, (pot = { limit, spent: 0, level: limit, filledAt: now, leases: new Map() }));
    return pot;
  }

  #lease(pot: Pot, process: string): Lease {
    let lease = pot.leases.get(process);
    if (!lease) pot.leases.set(process, (lease = { taken: 0, shipped: 0 }));
    return lease;
  }
}

function freeOf(pot: Pot, dimension: LimitDimension, now: number): number {
  if (dimension === 'requestsPerMinute' || dimension === 'tokensPerMinute')
    return refilled(pot.level, pot.filledAt, pot.limit, now);
  const leased = [...pot.leases.values()].reduce(
    (sum, { taken, shipped }) => sum + Math.max(0, taken - shipped),
    0,
  );
  return pot.limit - pot.spent - leased;
}
