export type CircuitState = 'closed' | 'half-open' | 'open';

/** This many failures in a row open it, or this share of the last outcomes once there are enough of them. */
const FAILURES_IN_A_ROW = 3;
const OUTCOMES = 20;
const FAILED_SHARE = 0.5;
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 30_000;

/**
 * Keeps calls from an engine that fails. Open for a second, and for twice as long after each probe that fails, up to
 * half a minute; then half open: one call at a time tries, and its success closes it. Pure: time comes in.
 */
export class CircuitBreaker {
  #inARow = 0;
  /** One bit an outcome, the newest lowest; 1 is a failure. */
  #outcomes = 0;
  #count = 0;
  #openUntil = 0;
  #openMs = FIRST_OPEN_MS;
  #probing = false;

  state(now: number): CircuitState {
    if (this.#openUntil === 0) return 'closed';
    return this.#openUntil > now || this.#probing ? 'open' : 'half-open';
  }

  /** A call goes to the engine; when half open it is the probe. */
  begin(): void {
    if (this.#openUntil > 0) this.#probing = true;
  }

  /** `undefined`: the call says nothing about the engine's health. */
  end(healthy: boolean | undefined, now: number): void {
    const probed = this.#probing;
    this.#probing = false;
    if (healthy === undefined) return;
    this.#outcomes = ((this.#outcomes << 1) | (healthy ? 0 : 1)) & (2 ** OUTCOMES - 1);
    this.#count = Math.min(OUTCOMES, this.#count + 1);
    if (healthy) this.#succeeded(probed, now);
    else this.#failed(probed, now);
  }

  /** The engine could not even be reached. */
  trip(now: number): void {
    if (this.state(now) === 'open') return;
    if (this.#openUntil > 0) this.#openMs = Math.min(LONGEST_OPEN_MS, this.#openMs * 2);
    this.#openUntil = now + this.#openMs;
    this.#probing = false;
  }

  #succeeded(probed: boolean, now: number): void {
    this.#inARow = 0;
    // A call that began before the engine failed says nothing about it now.
    if (this.#openUntil > 0 && !probed && this.#openUntil > now) return;
    this.#openUntil = 0;
    this.#openMs = FIRST_OPEN_MS;
    if (probed) this.#outcomes = this.#count = 0;
  }

  #failed(probed: boolean, now: number): void {
    this.#inARow++;
    if (probed) {
      this.#openMs = Math.min(LONGEST_OPEN_MS, this.#openMs * 2);
      this.#openUntil = now + this.#openMs;
    } else if (this.#openUntil === 0 && this.#fails()) this.#openUntil = now + this.#openMs;
  }

  #fails(): boolean {
    if (this.#inARow >= FAILURES_IN_A_ROW) return true;
    return this.#count === OUTCOMES && failuresIn(this.#outcomes) >= OUTCOMES * FAILED_SHARE;
  }
}

function failuresIn(bits: number): number {
  let failures = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) failures++;
  return failures;
}
