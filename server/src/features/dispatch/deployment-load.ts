import type { BreakerState, CallInputs } from '../../core/placement/facts.ts';

/** Failures in a row that open a breaker, and for how long it then stays open. */
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 5_000;
/** No deployment gets more calls at once from one process, whatever it says of its slots. */
const MOST_IN_FLIGHT = 1_000;

interface Load {
  inFlight: number;
  failures: number;
  openUntil: number;
  /** Half open: one call is trying. */
  probing: boolean;
}

/**
 * What this process knows about each deployment from its own calls: how many are under way, and whether it just
 * failed. Decisions take both as inputs, and record them.
 */
export class DeploymentLoad {
  readonly #loads = new Map<string, Load>();

  inputs(now: number, seed: number): CallInputs {
    const inFlight: Record<string, number> = {};
    const breakers: Record<string, BreakerState> = {};
    for (const [id, load] of this.#loads) {
      if (load.inFlight > 0) inFlight[id] = load.inFlight;
      if (load.inFlight >= MOST_IN_FLIGHT) breakers[id] = 'open';
      else if (load.openUntil > 0) breakers[id] = load.openUntil > now || load.probing ? 'open' : 'half-open';
    }
    return { now, inFlight, breakers, seed };
  }

  begin(deploymentId: string): void {
    const load = this.#load(deploymentId);
    load.inFlight++;
    if (load.openUntil > 0) load.probing = true;
  }

  /** `undefined`: the call says nothing about the engine's health (the caller hung up, or the request was wrong). */
  end(deploymentId: string, healthy: boolean | undefined, now: number): void {
    const load = this.#load(deploymentId);
    load.inFlight--;
    load.probing = false;
    if (healthy === true) {
      load.failures = 0;
      load.openUntil = 0;
    } else if (healthy === false && ++load.failures >= FAILURES_TO_OPEN) load.openUntil = now + OPEN_MS;
  }

  inFlight(deploymentId: string): number {
    return this.#loads.get(deploymentId)?.inFlight ?? 0;
  }

  /** Opens the breaker at once: the engine could not even be reached. */
  unreachable(deploymentId: string, now: number): void {
    this.#load(deploymentId).openUntil = now + OPEN_MS;
  }

  /** Forgets deployments that are gone and idle. */
  keepOnly(deploymentIds: ReadonlySet<string>): void {
    for (const [id, load] of this.#loads)
      if (load.inFlight === 0 && !deploymentIds.has(id)) this.#loads.delete(id);
  }

  #load(deploymentId: string): Load {
    let load = this.#loads.get(deploymentId);
    if (!load)
      this.#loads.set(deploymentId, (load = { inFlight: 0, failures: 0, openUntil: 0, probing: false }));
    return load;
  }
}
