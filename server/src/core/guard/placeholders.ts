import type { DetectorName } from './detector.ts';

/** As a placeholder looks; also in the request, where one that stands there already is not given again. */
const PLACEHOLDER = /\[[A-Z][A-Z_]{1,39}_\d{1,6}\]/g;

/**
 * The values that were taken out of one call, each under one name: `[EMAIL_1]`. A model can speak of the value without
 * seeing it, and the name is turned back where the policy says so. Lives as long as the call.
 */
export class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<DetectorName, number>();
  readonly #taken = new Set<string>();

  /** Names that a text uses already: they stay what they are, and mean none of our values. */
  avoid(text: string): void {
    for (const [name] of text.matchAll(PLACEHOLDER)) this.#taken.add(name);
  }

  /** @param restorable whether `restore` may turn it back */
  nameFor(detector: DetectorName, value: string, restorable: boolean): string {
    const key = `${detector} ${value}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      do {
        const count = (this.#counts.get(detector) ?? 0) + 1;
        this.#counts.set(detector, count);
        name = `[${detector.toUpperCase()}_${count}]`;
      } while (this.#taken.has(name));
      this.#names.set(key, name);
    }
    if (restorable) this.#values.set(name, value);
    return name;
  }

  get restores(): boolean {
    return this.#values.size > 0;
  }

  /** @param write how a value is written where it goes, such as within a string of JSON */
  restore(text: string, write: (value: string) => string = (value) => value): string {
    return text.replace(PLACEHOLDER, (name) => {
      const value = this.#values.get(name);
      return value === undefined ? name : write(value);
    });
  }
}

/** Where the last thing begins that may become a placeholder once more text has come; the length where nothing does. */
export function placeholderHeldFrom(text: string): number {
  const open = text.lastIndexOf('[');
  return open >= 0 && /^\[(?:[A-Z][A-Z_]{0,39}(?:\d{0,6})?)?$/.test(text.slice(open)) ? open : text.length;
}
