import { AdmissionQueue, type QueueRefusal, type QueueTerms } from '../../core/limits/admission-queue.ts';
import { CircuitBreaker } from '../../core/limits/circuit-breaker.ts';
import type { BreakerState, CallInputs } from '../../core/placement/facts.ts';

/** No deployment gets more calls at once from one process, whatever it says of its slots. */
const MOST_IN_FLIGHT = 1_000;

/** Called when it is the call's turn: a slot is kept for it until it decides, in the same turn. */
type Turn = () => void;

interface Gate {
  inFlight: number;
  /** Slots that were freed for waiting calls which have not taken them yet. */
  promised: number;
  readonly breaker: CircuitBreaker;
  readonly queue: AdmissionQueue<Turn>;
}

/**
 * What this process knows of each deployment from its own calls: how many are under way, how many wait, and whether it
 * just failed. Decisions take it as inputs, and record them. Nothing else queues: connections are as many as slots.
 */
export class DeploymentAdmission {
  readonly #gates = new Map<string, Gate>();

  /** A slot that is promised to a waiting call counts as taken for all others. */
  inputs(now: number, seed: number): CallInputs {
    const inFlight: Record<string, number> = {};
    const breakers: Record<string, BreakerState> = {};
    const waiting: Record<string, number> = {};
    let anyWaits = false;
    for (const [id, gate] of this.#gates) {
      const taken = gate.inFlight + gate.promised;
      if (taken > 0) inFlight[id] = taken;
      const state = taken >= MOST_IN_FLIGHT ? 'open' : gate.breaker.state(now);
      if (state !== 'closed') breakers[id] = state;
      if (gate.queue.length > 0) {
        waiting[id] = gate.queue.length;
        anyWaits = true;
      }
    }
    return { now, inFlight, breakers, ...(anyWaits && { waiting }), seed };
  }

  begin(deploymentId: string): void {
    const gate = this.#gate(deploymentId);
    gate.inFlight++;
    gate.breaker.begin();
  }

  /** `healthy` undefined: the call says nothing about the engine (the caller hung up, or the request was wrong). */
  end(deploymentId: string, healthy: boolean | undefined, serviceMs: number, now: number): void {
    const gate = this.#gate(deploymentId);
    gate.inFlight--;
    gate.breaker.end(healthy, now);
    if (healthy === true) gate.queue.observe(serviceMs);
    this.#next(gate, now);
  }

  /** Milliseconds until a call would have its turn. */
  waitMs(deploymentId: string, slots: number, terms: QueueTerms): number {
    return this.#gate(deploymentId).queue.waitMs(slots, terms.priority);
  }

  /** @returns why the call may not wait; else `turn` is called once, with a slot that `redeem` takes */
  wait(
    deploymentId: string,
    slots: number,
    terms: QueueTerms,
    turn: Turn,
    now: number,
  ): QueueRefusal | undefined {
    return this.#gate(deploymentId).queue.enter(turn, terms, slots, now);
  }

  leave(deploymentId: string, turn: Turn): void {
    this.#gate(deploymentId).queue.leave(turn);
  }

  /** The promised slot is free, for the decision that follows at once. */
  redeem(deploymentId: string): void {
    this.#gate(deploymentId).promised--;
  }

  /** The call whose turn it was did not take the slot: the next one may. */
  pass(deploymentId: string, now: number): void {
    this.#next(this.#gate(deploymentId), now);
  }

  /** The engine could not even be reached. */
  unreachable(deploymentId: string, now: number): void {
    this.#gate(deploymentId).breaker.trip(now);
  }

  /** Forgets deployments that are gone and idle. Who waits for one is told at once, and decides anew. */
  keepOnly(deploymentIds: ReadonlySet<string>, now: number): void {
    for (const [id, gate] of this.#gates) {
      if (deploymentIds.has(id)) continue;
      this.#next(gate, now);
      if (gate.inFlight === 0 && gate.promised === 0) this.#gates.delete(id);
    }
  }

  #next(gate: Gate, now: number): void {
    const turn = gate.queue.next(now);
    if (!turn) return;
    gate.promised++;
    turn();
  }

  #gate(deploymentId: string): Gate {
    let gate = this.#gates.get(deploymentId);
    if (!gate) {
      gate = { inFlight: 0, promised: 0, breaker: new CircuitBreaker(), queue: new AdmissionQueue() };
      this.#gates.set(deploymentId, gate);
    }
    return gate;
  }
}
