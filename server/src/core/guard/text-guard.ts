import { type Detector, type DetectorName, findAll, MOST_BEHIND } from './detector.ts';
import type { GuardAction } from './guard-policy.ts';
import { heldFrom } from './held-text.ts';
import { placeholderHeldFrom, type Placeholders } from './placeholders.ts';

/** How often a detector found something in one direction, and what was done. Never what it found. */
export interface GuardCount {
  readonly action: GuardAction;
  count: number;
}

/** The rules for one direction of one call, and what came of them. */
export class TextGuard {
  readonly counts = new Map<DetectorName, GuardCount>();
  readonly placeholders: Placeholders;
  readonly #actions: ReadonlyMap<DetectorName, GuardAction>;
  readonly #detectors: readonly Detector[];
  readonly #names: boolean;
  #repeats = false;

  /** @param detectors in order of preference; those without an action are not tried */
  constructor(
    detectors: readonly Detector[],
    actions: ReadonlyMap<DetectorName, GuardAction>,
    placeholders: Placeholders,
  ) {
    this.#detectors = detectors.filter(({ name }) => actions.has(name));
    this.#actions = actions;
    this.#names = actions.has('known_subject');
    this.placeholders = placeholders;
  }

  get isIdle(): boolean {
    return this.#detectors.length === 0;
  }

  /** Whether a value was found that must not pass. */
  get isBlocked(): boolean {
    return [...this.counts.values()].some(({ action }) => action === 'block');
  }

  /** Whether some value would be taken out or stop the call: then nothing may show it before it was judged. */
  get isStrict(): boolean {
    return [...this.#actions.values()].some((action) => action !== 'flag');
  }

  /** A text that is complete. */
  whole(text: string): string {
    return this.judge(text, 0, text.length).text;
  }

  /** For text that repeats what was judged before: what was counted is not counted again. */
  repeating<T>(work: () => T): T {
    this.#repeats = true;
    try {
      return work();
    } finally {
      this.#repeats = false;
    }
  }

  /** Where judging has to wait for more text. */
  heldFrom(text: string): number {
    return heldFrom(text, { names: this.#names });
  }

  /**
   * Takes out what the rules take out of values that begin between two places.
   * @returns the text between them, or a little further where a value ends further, and where that was
   */
  judge(text: string, from: number, until: number): { text: string; end: number } {
    let result = '';
    let at = from;
    if (!this.isIdle)
      for (const { detector, start, end } of findAll(text, this.#detectors, from)) {
        if (start >= until) break;
        const action = this.#count(detector);
        result += text.slice(at, start) + this.#shown(detector, action, text.slice(start, end));
        at = end;
      }
    if (at >= until) return { text: result, end: at };
    return { text: result + text.slice(at, until), end: until };
  }

  #count(detector: DetectorName): GuardAction {
    const known = this.counts.get(detector);
    if (known && !this.#repeats) known.count++;
    const action = this.#actions.get(detector) ?? 'flag';
    if (!known) this.counts.set(detector, { action, count: 1 });
    return action;
  }

  #shown(detector: DetectorName, action: GuardAction, value: string): string {
    if (action === 'flag' || action === 'block') return value;
    return this.placeholders.nameFor(detector, value, action === 'mask_and_restore');
  }
}

/**
 * A text that comes in pieces, cut anywhere. What leaves is what `whole` would have made of it: the end is held back as
 * long as it may belong to a value, or to a placeholder that is to be turned back.
 */
export class GrowingText {
  readonly #guard: TextGuard;
  #context = '';
  #held = '';
  #placeholder = '';

  constructor(guard: TextGuard) {
    this.#guard = guard;
  }

  push(piece: string): string {
    this.#held += piece;
    return this.#judge(this.#guard.isIdle ? this.#held.length : this.#guard.heldFrom(this.#held), false);
  }

  /** Nothing more comes. */
  end(): string {
    return this.#judge(this.#held.length, true);
  }

  #judge(until: number, isEnd: boolean): string {
    const text = this.#context + this.#held;
    const from = this.#context.length;
    const judged = this.#guard.judge(text, from, from + until);
    this.#context = text.slice(Math.max(0, judged.end - MOST_BEHIND), judged.end);
    this.#held = text.slice(judged.end);
    const { placeholders } = this.#guard;
    const known = this.#placeholder + judged.text;
    if (!placeholders.restores) return known;
    const ready = isEnd ? known.length : placeholderHeldFrom(known);
    this.#placeholder = known.slice(ready);
    return placeholders.restore(known.slice(0, ready));
  }
}
