import { randomUUID } from 'node:crypto';

import type { Dispatcher } from 'undici';

import type { EngineEndpoint } from '../../core/engine/engine.ts';
import type { EngineLoad } from '../../core/engine/load-signal.ts';
import type { Priority } from '../../core/limits/admission-queue.ts';
import { RetryBudget } from '../../core/limits/retry-budget.ts';
import { decide, type Placement, refusedAtIngress } from '../../core/placement/decide.ts';
import type { Decision } from '../../core/placement/decision.ts';
import type {
  CallInputs,
  DecisionRecord,
  DeploymentFacts,
  PlacementFacts,
  PlacementRequest,
} from '../../core/placement/facts.ts';
import { prefixChain, PrefixMemory } from '../../core/placement/prefix-affinity.ts';
import type { FactsIndex } from '../../core/placement/facts-index.ts';
import type { PolicyJudge } from '../../core/policy/judge.ts';
import type { BegunCall, CallRoute, CallSettlement, SettlementSink } from './call-record.ts';
import { DeploymentAdmission } from './deployment-admission.ts';
import { EnginePools, type EngineRequest } from './engine-pools.ts';

/** What decisions rest on until it is replaced as a whole. */
export interface DispatchGround {
  readonly facts: PlacementFacts;
  readonly index: FactsIndex;
  readonly factsHash: string;
  readonly judge: PolicyJudge;
  /** By deployment. */
  readonly endpoints: ReadonlyMap<string, EngineEndpoint>;
}

const OPEN_WAY_MS = 1_000;
const MOST_OPEN_WAYS = 10_000;

export type Refused = Extract<Decision, { outcome: 'refused' }>;

export interface Refusal {
  readonly refused: Refused;
  readonly record: DecisionRecord;
}

interface PlacementAsked {
  readonly request: PlacementRequest;
  readonly ground: DispatchGround;
  readonly prompt?: () => string;
}

/** How long a call may wait for a slot, and before whom. */
export interface Patience {
  readonly maxWaitMs: number;
  readonly priority: Priority;
  /** The caller hung up. */
  readonly signal: AbortSignal;
}

const DEFAULT_RETRY_MS = 2_000;

/** Deployments that policy permits and that are in order, but have no slot. */
function fullDeployments({ candidates }: Refused): { id: string; slots: number }[] {
  return candidates.flatMap(({ deploymentId, verdict, reasons }) => {
    const [first] = reasons;
    const full = verdict === 'unavailable' && reasons.length === 1 && first?.code === 'capacity.full';
    return full ? [{ id: deploymentId, slots: first.subject.slots ?? 1 }] : [];
  });
}

/** The result of `reserve`: a slot at an engine, to be given back exactly once. */
export interface Reservation {
  readonly placement: Placement;
  readonly route: CallRoute;
  readonly record: DecisionRecord;
  readonly endpoint: EngineEndpoint;
  /** Gives the slot back. `healthy` is what the call showed of the engine; undefined if nothing. */
  release(healthy: boolean | undefined): void;
}

/**
 * The one way to an engine: reserve → decide → send → settle. Reserving and deciding are one synchronous step, so
 * that two calls never take the same slot; sending wants the placement that the decision made.
 */
export class Dispatch {
  readonly #sink: SettlementSink;
  readonly #now: () => number;
  readonly #seed: () => number;
  readonly #admission = new DeploymentAdmission();
  readonly #signals: () => Readonly<Record<string, EngineLoad>>;
  readonly #prefixes = new PrefixMemory();
  /** Of this process: a chain means nothing anywhere else. */
  readonly #salt = randomUUID();
  readonly #pools = new EnginePools();
  readonly #retries = new RetryBudget();
  /** By path: `decide` gives equal calls the same one. */
  readonly #routes = new WeakMap<Placement['path'], CallRoute>();
  /** Work that may come in, and until when that is known; gone with its ground. */
  readonly #waysOf = new WeakMap<DispatchGround, Map<string, number>>();

  constructor(options: {
    sink: SettlementSink;
    now: () => number;
    seed: () => number;
    /** What engines last said of their load. */
    signals?: () => Readonly<Record<string, EngineLoad>>;
  }) {
    this.#sink = options.sink;
    this.#now = options.now;
    this.#seed = options.seed;
    this.#signals = options.signals ?? (() => ({}));
  }

  /**
   * Whether the work may come in here at all: before its content is read. A yes counts for a second; `reserve` judges
   * the whole path again for each call, so what has lapsed meanwhile is read and goes no further.
   */
  ingress(
    request: PlacementRequest,
    ground: DispatchGround,
  ): { refused: Refused; record: DecisionRecord } | undefined {
    const now = this.#now();
    const open = this.#openWays(ground);
    const { organisationId, dataClass, purpose, demonstration } = request;
    const work = `${organisationId} ${dataClass} ${demonstration} ${purpose}`;
    if ((open.get(work) ?? 0) > now) return undefined;
    const inputs = this.#admission.inputs(now, this.#seed());
    const refused = refusedAtIngress(request, ground.facts, inputs, ground.judge, ground.index);
    if (refused)
      return { refused, record: { request, inputs, facts: ground.factsHash, policy: ground.judge.hash } };
    if (open.size >= MOST_OPEN_WAYS) open.clear();
    open.set(work, now + OPEN_WAY_MS);
    return undefined;
  }

  /** What a decision would have rested on, for a call that ends before there is one. */
  record(request: PlacementRequest, { factsHash: facts, judge }: DispatchGround): DecisionRecord {
    return { request, inputs: this.#admission.inputs(this.#now(), this.#seed()), facts, policy: judge.hash };
  }

  /** @param prompt its beginning, where the same beginning is likely to come again */
  reserve(
    request: PlacementRequest,
    ground: DispatchGround,
    prompt?: () => string,
  ): { reservation: Reservation } | { refused: Refused; record: DecisionRecord } {
    const serving = ground.index.serving(request.model);
    const chain =
      serving.length > 1 && prompt ? prefixChain(prompt(), this.#salt + request.organisationId) : [];
    const seen = this.#admission.inputs(this.#now(), this.#seed());
    const heard = this.#heardOf(serving, chain);
    const inputs = heard ? { ...seen, ...heard } : seen;
    const decision = decide(request, ground.facts, inputs, ground.judge, ground.index);
    const record = { request, inputs, facts: ground.factsHash, policy: ground.judge.hash };
    if (decision.outcome === 'refused') return { refused: decision, record };
    const { placement } = decision;
    if (chain.length > 0) this.#prefixes.note(placement.deploymentId, chain);
    const endpoint = ground.endpoints.get(placement.deploymentId);
    if (!endpoint)
      throw new TypeError(`the facts hold ${placement.deploymentId} as ready, but it has no endpoint`);
    return { reservation: this.#take(placement, record, endpoint) };
  }

  /**
   * Waits for a slot where nothing but full engines stood in the way, and decides again when one is free. The slot is
   * kept until then, so that no call that comes later takes it.
   * @returns the decision at its turn; or, if it may not wait or waited in vain, the refusal and when to come back
   */
  async waitForSlot(
    given: PlacementAsked,
    refused: Refusal,
    { maxWaitMs, priority, signal }: Patience,
  ): Promise<{ reservation: Reservation } | (Refusal & { retryAfterMs: number })> {
    const begunAt = this.#now();
    const terms = { priority, deadlineAt: begunAt + maxWaitMs };
    const full = fullDeployments(refused.refused);
    const quickest = full
      .map(({ id, slots }) => ({ id, slots, waitMs: this.#admission.waitMs(id, slots, terms) }))
      .toSorted((a, b) => a.waitMs - b.waitMs)[0];
    if (!quickest) return { ...refused, retryAfterMs: DEFAULT_RETRY_MS };
    const { id, slots } = quickest;
    const turn = Promise.withResolvers<boolean>();
    const come = () => turn.resolve(true);
    const denied = this.#admission.wait(id, slots, terms, come, begunAt);
    if (denied) return { ...refused, retryAfterMs: denied.retryAfterMs };
    const giveUp = () => {
      this.#admission.leave(id, come);
      turn.resolve(false);
    };
    const timer = setTimeout(giveUp, maxWaitMs);
    signal.addEventListener('abort', giveUp, { once: true });
    const hasTurn = await turn.promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    if (!hasTurn) return { ...refused, retryAfterMs: this.#admission.waitMs(id, slots, terms) };
    this.#admission.redeem(id);
    const placed = signal.aborted ? refused : this.reserve(given.request, given.ground, given.prompt);
    const took = 'reservation' in placed && placed.reservation.placement.deploymentId === id;
    if (!took) this.#admission.pass(id, this.#now());
    return 'reservation' in placed ? placed : { ...placed, retryAfterMs: DEFAULT_RETRY_MS };
  }

  /** @throws KulningError if it is not durable: then nothing was sent and nothing may be */
  intend(intent: BegunCall): Promise<void> {
    return this.#sink.intent(intent);
  }

  /** After `intend`. The engine's answer goes to the handler as it comes. */
  send(
    { placement, endpoint }: Reservation,
    request: EngineRequest,
    handler: Dispatcher.DispatchHandler,
  ): void {
    this.#pools.send(placement, endpoint, request, handler);
  }

  /** Whether a call may be tried once more: retries are a small part of the calls, however many fail. */
  mayRetry(): boolean {
    return this.#retries.take();
  }

  settle(settlement: CallSettlement): Promise<void> {
    this.#retries.earn();
    return this.#sink.settle(settlement);
  }

  /** The engine could not be reached: the next decision passes it by. */
  unreachable(deploymentId: string): void {
    this.#admission.unreachable(deploymentId, this.#now());
  }

  /** The ground was replaced: connections and counts of what is gone go too. */
  keepOnly(endpoints: ReadonlyMap<string, EngineEndpoint>): void {
    this.#pools.keepOnly(endpoints);
    const there = new Set(endpoints.keys());
    this.#admission.keepOnly(there, this.#now());
    this.#prefixes.keepOnly(there);
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  /** Only of engines that serve the model, and only what there is: it is recorded with every decision. */
  #heardOf(
    serving: readonly DeploymentFacts[],
    chain: readonly string[],
  ): Pick<CallInputs, 'signals' | 'prefixHits'> | undefined {
    const all = this.#signals();
    const signals: Record<string, EngineLoad> = {};
    for (const { id } of serving) {
      const load = all[id];
      if (load !== undefined) signals[id] = load;
    }
    const prefixHits = this.#prefixes.hits(chain);
    const [anySignal, anyHit] = [Object.keys(signals).length > 0, Object.keys(prefixHits).length > 0];
    if (!anySignal && !anyHit) return undefined;
    return { ...(anySignal && { signals }), ...(anyHit && { prefixHits }) };
  }

  #openWays(ground: DispatchGround): Map<string, number> {
    let ways = this.#waysOf.get(ground);
    if (!ways) this.#waysOf.set(ground, (ways = new Map()));
    return ways;
  }

  #routeOf(placement: Placement): CallRoute {
    const { siteId, deploymentId, engine, modelVersion, digest, adapters, path, rules } = placement;
    let route = this.#routes.get(path);
    if (!route) {
      const placed = {
        siteId,
        deploymentId,
        engine,
        modelVersion,
        ...(digest !== undefined && { digest }),
        ...(adapters !== undefined && { adapters }),
        path,
      };
      this.#routes.set(path, (route = { rules: rules.map(({ id }) => id), placed }));
    }
    return route;
  }

  #take(placement: Placement, record: DecisionRecord, endpoint: EngineEndpoint): Reservation {
    const { deploymentId } = placement;
    let held = true;
    const begunAt = this.#now();
    this.#admission.begin(deploymentId);
    return {
      placement,
      route: this.#routeOf(placement),
      record,
      endpoint,
      release: (healthy) => {
        if (!held) return;
        held = false;
        const now = this.#now();
        this.#admission.end(deploymentId, healthy, now - begunAt, now);
      },
    };
  }
}
