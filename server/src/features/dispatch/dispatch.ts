import { randomUUID } from 'node:crypto';

import type { Dispatcher } from 'undici';

import type { EngineEndpoint } from '../../core/engine/engine.ts';
import type { EngineLoad } from '../../core/engine/load-signal.ts';
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
import type { CallIntent, CallSettlement, SettlementSink } from './call-record.ts';
import { DeploymentLoad } from './deployment-load.ts';
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

/** The result of `reserve`: a slot at an engine, to be given back exactly once. */
export interface Reservation {
  readonly placement: Placement;
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
  readonly #load = new DeploymentLoad();
  readonly #signals: () => Readonly<Record<string, EngineLoad>>;
  readonly #prefixes = new PrefixMemory();
  /** Of this process: a chain means nothing anywhere else. */
  readonly #salt = randomUUID();
  readonly #pools = new EnginePools();
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
    const inputs = this.#load.inputs(now, this.#seed());
    const refused = refusedAtIngress(request, ground.facts, inputs, ground.judge, ground.index);
    if (refused)
      return { refused, record: { request, inputs, facts: ground.factsHash, policy: ground.judge.hash } };
    if (open.size >= MOST_OPEN_WAYS) open.clear();
    open.set(work, now + OPEN_WAY_MS);
    return undefined;
  }

  /** @param prompt its beginning, where the same beginning is likely to come again */
  reserve(
    request: PlacementRequest,
    ground: DispatchGround,
    prompt?: () => string,
  ): { reservation: Reservation } | { refused: Refused; record: DecisionRecord } {
    const serving = ground.index.serving(request.model);
    const chain = serving.length > 1 && prompt ? prefixChain(prompt(), this.#salt + request.organisationId) : [];
    const inputs = {
      ...this.#load.inputs(this.#now(), this.#seed()),
      ...this.#heardOf(serving, chain),
    };
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

  /** @throws KulningError if it is not durable: then nothing was sent and nothing may be */
  intend(intent: CallIntent): Promise<void> {
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

  settle(settlement: CallSettlement): Promise<void> {
    return this.#sink.settle(settlement);
  }

  /** The engine could not be reached: the next decision passes it by. */
  unreachable(deploymentId: string): void {
    this.#load.unreachable(deploymentId, this.#now());
  }

  /** The ground was replaced: connections and counts of what is gone go too. */
  keepOnly(endpoints: ReadonlyMap<string, EngineEndpoint>): void {
    this.#pools.keepOnly(endpoints);
    const there = new Set(endpoints.keys());
    this.#load.keepOnly(there);
    this.#prefixes.keepOnly(there);
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  /** Only of engines that serve the model, and only what there is: it is recorded with every decision. */
  #heardOf(
    serving: readonly DeploymentFacts[],
    chain: readonly string[],
  ): Pick<CallInputs, 'signals' | 'prefixHits'> {
    const all = this.#signals();
    const signals = Object.fromEntries(
      serving.flatMap(({ id }) => {
        const load = all[id];
        return load === undefined ? [] : [[id, load] as const];
      }),
    );
    const prefixHits = this.#prefixes.hits(chain);
    return {
      ...(Object.keys(signals).length > 0 && { signals }),
      ...(Object.keys(prefixHits).length > 0 && { prefixHits }),
    };
  }

  #openWays(ground: DispatchGround): Map<string, number> {
    let ways = this.#waysOf.get(ground);
    if (!ways) this.#waysOf.set(ground, (ways = new Map()));
    return ways;
  }

  #take(placement: Placement, record: DecisionRecord, endpoint: EngineEndpoint): Reservation {
    const { deploymentId } = placement;
    let held = true;
    this.#load.begin(deploymentId);
    return {
      placement,
      record,
      endpoint,
      release: (healthy) => {
        if (held) this.#load.end(deploymentId, healthy, this.#now());
        held = false;
      },
    };
  }
}
