/** Interactive work goes first; `low` is for batches that nobody waits for. */
export const priorities = ['normal', 'low'] as const;

export type Priority = (typeof priorities)[number];

export interface QueueTerms {
  readonly priority: Priority;
  /** Milliseconds since 1970; who waits longer has given up. */
  readonly deadlineAt: number;
}

/** Why a call may not wait. `full`: too many do already. `too-long`: its turn would come after its deadline. */
export type QueueRefusal = { readonly refused: 'full' | 'too-long'; readonly retryAfterMs: number };

/** Weight of the newest observation; the last ten make most of the mean. */
const NEWEST = 0.2;
/** Waiting places for each slot: more would be answered after their callers have given up. */
const PLACES_PER_SLOT = 8;
const MOST_PLACES = 1_000;
/** Assumed until a call has ended. */
const FIRST_SERVICE_MS = 2_000;

interface Place<T> extends QueueTerms {
  readonly ticket: T;
}

/**
 * The calls that wait for one deployment: bounded, by priority and then in order. How long a place takes is reckoned
 * from the service times that were observed, so that a caller who would wait in vain is told at once, and when to come
 * back. Pure: time comes in.
 */
export class AdmissionQueue<T> {
  readonly #places: Record<Priority, Place<T>[]> = { normal: [], low: [] };
  #serviceMs: number | undefined;

  get length(): number {
    return this.#places.normal.length + this.#places.low.length;
  }

  /** How long one call took, from its slot to its end. */
  observe(serviceMs: number): void {
    this.#serviceMs =
      this.#serviceMs === undefined ? serviceMs : this.#serviceMs + NEWEST * (serviceMs - this.#serviceMs);
  }

  /** Milliseconds until a call that comes now has its turn, if all slots are taken. */
  waitMs(slots: number, priority: Priority): number {
    const ahead = priority === 'low' ? this.length : this.#places.normal.length;
    return ((ahead + 1) * (this.#serviceMs ?? FIRST_SERVICE_MS)) / Math.max(1, slots);
  }

  /** @returns undefined when the call waits; `next` gives it its turn, unless it leaves before */
  enter(ticket: T, terms: QueueTerms, slots: number, now: number): QueueRefusal | undefined {
    const waitMs = this.waitMs(slots, terms.priority);
    if (this.length >= Math.min(MOST_PLACES, Math.max(1, slots) * PLACES_PER_SLOT))
      return { refused: 'full', retryAfterMs: waitMs };
    // Only what was observed refuses; a guess makes nobody leave.
    if (this.#serviceMs !== undefined && now + waitMs > terms.deadlineAt)
      return { refused: 'too-long', retryAfterMs: waitMs };
    this.#places[terms.priority].push({ ticket, ...terms });
    return undefined;
  }

  /** Whose turn it is; places whose deadline has passed are given up on the way. */
  next(now: number): T | undefined {
    for (const priority of priorities) {
      const places = this.#places[priority];
      for (let first = places.shift(); first; first = places.shift())
        if (first.deadlineAt > now) return first.ticket;
    }
    return undefined;
  }

  leave(ticket: T): void {
    for (const priority of priorities) {
      const index = this.#places[priority].findIndex((place) => place.ticket === ticket);
      if (index >= 0) this.#places[priority].splice(index, 1);
    }
  }
}
