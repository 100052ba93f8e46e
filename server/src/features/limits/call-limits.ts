import type { Amounts } from '../../core/limits/limit.ts';
import { nanoEurOf } from '../../core/limits/price.ts';
import type { QuotaMeter } from '../../core/limits/quota-meter.ts';
import { isHold, type QuotaHold, type QuotaLadder, type QuotaTable } from '../../core/limits/quota-table.ts';
import type { PlacementFacts } from '../../core/placement/facts.ts';
import { type CallCharge, leasesOf } from './call-charge.ts';
import { type CallEstimate, estimateCall } from './call-estimate.ts';
import { type LimitFacts, limitId, priceAt } from './limit-facts.ts';
import type { QuotaExchange } from './quota-exchange.ts';
import type { RefusalCounts } from './refusal-counts.ts';

/** Who calls, and by what it is judged. */
export interface LimitedCaller {
  readonly keyId: string;
  readonly organisationId: string;
  readonly facts: LimitFacts;
  readonly ground: PlacementFacts;
}

export interface LimitedRequest {
  readonly model: string;
  readonly bodyBytes: number;
  readonly maxTokens: number | undefined;
}

/** A reservation, to be settled exactly once. */
export interface HeldLimits {
  readonly caller: LimitedCaller;
  readonly hold: QuotaHold;
  readonly at: number;
}

export type LimitRefusal =
  /** `waitMs` undefined: the call alone is larger than the limit. */
  | { readonly code: 'limit'; readonly meter: QuotaMeter; readonly waitMs: number | undefined }
  /** The database is away, and what this process had leased is used up. */
  | { readonly code: 'budget_unknown' }
  /** A budget cannot be kept on what has no price, or no known carbon: unknown is never zero. */
  | { readonly code: 'price_unknown' | 'carbon_unknown'; readonly model: string };

/** How a call ended, as far as limits care. */
export interface CallResult {
  /** `nothing`: no answer began, so nothing counts. `answered`, `begun`: the answer went out, whole or in part. */
  readonly delivered: 'nothing' | 'begun' | 'answered';
  readonly deploymentId: string | undefined;
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
  readonly gramsCo2: number | null;
}

/** What `x-ratelimit-*` says about one kind of limit. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

const NOTHING: Amounts = [0, 0, 0, 0];
/** A block may be gone again before a waiting call has its turn. */
const MAX_ROUNDS = 4;

/** The limits of calls in one gateway process: reserve, then settle or refund. */
export class CallLimits {
  readonly #table: QuotaTable;
  readonly #exchange: Pick<QuotaExchange, 'refill'>;
  readonly #refusals: Pick<RefusalCounts, 'count'>;
  readonly #now: () => number;
  /** Made when a key first calls after a change; gone with the facts. */
  readonly #ladders = new WeakMap<LimitFacts, Map<string, QuotaLadder>>();

  constructor(options: {
    table: QuotaTable;
    exchange: Pick<QuotaExchange, 'refill'>;
    refusals: Pick<RefusalCounts, 'count'>;
    now: () => number;
  }) {
    this.#table = options.table;
    this.#exchange = options.exchange;
    this.#refusals = options.refusals;
    this.#now = options.now;
  }

  /** At once where this process has leased enough, as it mostly has. */
  reserve(
    caller: LimitedCaller,
    request: LimitedRequest,
  ):
    | HeldLimits
    | { readonly refusal: LimitRefusal }
    | Promise<HeldLimits | { readonly refusal: LimitRefusal }> {
    const ladder = this.#ladder(caller);
    const at = this.#now();
    const estimate = estimateCall(caller, request, ladder, at);
    if ('code' in estimate) return { refusal: estimate };
    const answer = this.#table.reserve(ladder, estimate.amounts, at);
    if (answer === 'dry') return this.#reserveWithPool(caller, ladder, estimate);
    return isHold(answer) ? { caller, hold: answer, at } : { refusal: this.#refused(caller, answer) };
  }

  /**
   * What was used stays used, the rest is free again.
   * @returns what the call counts for, for its journaled end
   */
  settle({ caller, hold, at }: HeldLimits, result: CallResult): CallCharge {
    const { facts, keyId, organisationId } = caller;
    const { delivered, deploymentId, tokens, gramsCo2 } = result;
    const price = deploymentId === undefined ? undefined : priceAt(facts, deploymentId, at);
    const nanoEur = price && tokens ? nanoEurOf(price, tokens) : null;
    const [, reservedTokens, reservedNanoEur, reservedMicrograms] = hold.amounts;
    const used: Amounts =
      delivered === 'nothing'
        ? NOTHING
        : [
            1,
            tokens ? tokens.input + tokens.output : reservedTokens,
            nanoEur ?? reservedNanoEur,
            gramsCo2 === null ? reservedMicrograms : Math.round(gramsCo2 * 1e6),
          ];
    this.#table.settle(hold, used);
    return {
      at,
      nanoEur,
      priceId: price?.id ?? null,
      budget: { nanoEur: used[2], microgramsCo2: used[3] },
      teamId: facts.teamOfKey.get(keyId) ?? null,
      agencyId: facts.parentOf.get(organisationId) ?? organisationId,
      leases: leasesOf(hold),
    };
  }

  /** Of the tightest limit of each kind; undefined where there is none. As far as this process knows. */
  rates(caller: LimitedCaller): { requests: RateState | undefined; tokens: RateState | undefined } {
    const ladder = this.#ladder(caller);
    return {
      requests: tightest(ladder, 'requestsPerMinute'),
      tokens: tightest(ladder, 'tokensPerMinute'),
    };
  }

  async #reserveWithPool(
    caller: LimitedCaller,
    ladder: QuotaLadder,
    { amounts }: CallEstimate,
  ): Promise<HeldLimits | { readonly refusal: LimitRefusal }> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const reached = await this.#exchange.refill();
      const at = this.#now();
      const answer = this.#table.reserve(ladder, amounts, at);
      if (answer !== 'dry')
        return isHold(answer) ? { caller, hold: answer, at } : { refusal: this.#refused(caller, answer) };
      if (!reached) return { refusal: { code: 'budget_unknown' } };
    }
    return { refusal: { code: 'budget_unknown' } };
  }

  #refused(
    { keyId, organisationId }: LimitedCaller,
    { refusedBy, waitMs }: { refusedBy: QuotaMeter; waitMs: number | undefined },
  ): LimitRefusal {
    this.#refusals.count({ keyId, organisationId, meter: refusedBy }, this.#now());
    return { code: 'limit', meter: refusedBy, waitMs };
  }

  #ladder({ facts, keyId, organisationId }: LimitedCaller): QuotaLadder {
    let ladders = this.#ladders.get(facts);
    if (!ladders) this.#ladders.set(facts, (ladders = new Map()));
    let ladder = ladders.get(keyId);
    if (!ladder) ladders.set(keyId, (ladder = this.#makeLadder(facts, keyId, organisationId)));
    return ladder;
  }

  #makeLadder(facts: LimitFacts, keyId: string, organisationId: string): QuotaLadder {
    const team = facts.teamOfKey.get(keyId);
    const scopes = [
      { level: 'key', id: keyId },
      ...(team === undefined ? [] : [{ level: 'team', id: team } as const]),
      { level: 'organisation', id: organisationId },
      { level: 'agency', id: facts.parentOf.get(organisationId) ?? organisationId },
    ] as const;
    const rungs = scopes.flatMap((scope) => {
      const limits = facts.limits.get(limitId(scope.level, scope.id));
      return limits ? [{ scope, limits }] : [];
    });
    return this.#table.ladder(rungs, this.#now());
  }
}

function tightest(ladder: QuotaLadder, dimension: QuotaMeter['dimension']): RateState | undefined {
  let found: RateState | undefined;
  for (const meter of ladder) {
    if (meter.dimension !== dimension) continue;
    const remaining = Math.max(0, Math.min(meter.limit, Math.floor(meter.available + meter.free)));
    if (found && found.remaining <= remaining) continue;
    const resetMs = meter.limit === 0 ? 60_000 : ((meter.limit - remaining) * 60_000) / meter.limit;
    found = { limit: meter.limit, remaining, resetMs };
  }
  return found;
}
