const PER_CALL = 0.1;
const MOST = 10;

/**
 * Retries as a part of the calls: ten calls earn one, and no more than ten are saved up. When everything fails, retries
 * then add a tenth to the load and not a multiple of it.
 */
export class RetryBudget {
  #left = MOST;

  earn(): void {
    this.#left = Math.min(MOST, this.#left + PER_CALL);
  }

  /** @returns whether a call may be tried once more */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
