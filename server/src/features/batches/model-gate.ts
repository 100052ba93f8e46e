import type { DeploymentFacts } from '../../core/placement/facts.ts';

/** Assumed of an engine that does not say how many calls it takes at once. */
const UNKNOWN_SLOTS = 4;

/**
 * How many lines may be with the engines of a model at once: half of its slots, so that whoever waits for an answer
 * finds the other half, and one where there is no half. None while no engine is ready.
 */
export function linesAtOnce(deployments: readonly Pick<DeploymentFacts, 'slots' | 'ready'>[]): number {
  // Of a model that does not exist each line is told so, one after the other.
  if (deployments.length === 0) return 1;
  return deployments
    .filter(({ ready }) => ready)
    .reduce((sum, { slots = UNKNOWN_SLOTS }) => sum + Math.max(1, Math.floor(slots / 2)), 0);
}

/** Lets lines of all batches to the engines of a model, in order, as many at once as they may be. */
export class ModelGate {
  readonly #most: (model: string) => number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param most at once, as things stand */
  constructor(most: (model: string) => number) {
    this.#most = most;
  }

  /** How many more lines of the model could start, were they here. */
  room(model: string): number {
    const taken = (this.#running.get(model) ?? 0) + (this.#waiting.get(model)?.length ?? 0);
    return Math.max(0, this.#most(model) - taken);
  }

  /** Resolves when it is the line's turn, with what gives the place back. @throws the signal's reason */
  async enter(model: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#open(model)) return this.#take(model);
    const turn = Promise.withResolvers<void>();
    const places = this.#waiting.get(model) ?? [];
    this.#waiting.set(model, places);
    places.push(turn.resolve);
    const giveUp = () => {
      const at = places.indexOf(turn.resolve);
      if (at >= 0) places.splice(at, 1);
      turn.reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    return this.#held(model);
  }

  /** Engines came or went: more may be let in. */
  look(): void {
    for (const model of this.#waiting.keys()) this.#next(model);
  }

  #open(model: string): boolean {
    return (
      (this.#waiting.get(model)?.length ?? 0) === 0 && (this.#running.get(model) ?? 0) < this.#most(model)
    );
  }

  #take(model: string): () => void {
    this.#running.set(model, (this.#running.get(model) ?? 0) + 1);
    return this.#held(model);
  }

  /** Gives the place back once, however often it is called. */
  #held(model: string): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.#running.get(model) ?? 1) - 1;
      if (left > 0) this.#running.set(model, left);
      else this.#running.delete(model);
      this.#next(model);
    };
  }

  #next(model: string): void {
    const places = this.#waiting.get(model);
    if (!places) return;
    while ((this.#running.get(model) ?? 0) < this.#most(model)) {
      const turn = places.shift();
      if (!turn) break;
      // Counted here and not when the line wakes: else two would take one place.
      this.#running.set(model, (this.#running.get(model) ?? 0) + 1);
      turn();
    }
    if (places.length === 0) this.#waiting.delete(model);
  }
}
