import type { Localized } from '@kulning/sdk';

/** One thing that a start needs, looked at by `kulning doctor`. */
export interface Check {
  /** Stable, for scripts: `database schema`. */
  readonly name: string;
  readonly title: Localized<string>;
  readonly ok: boolean;
  readonly detail: Localized<string>;
  /** What to do when it is not ok. */
  readonly remedy?: Localized<string>;
}
