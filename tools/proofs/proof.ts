/** What a part of a proof counted; parts are added up. */
export type Counts = Readonly<Record<string, number>>;

/** What a part may use while it runs. */
export interface Sitting {
  /** Aborted when the run is to stop: a part that takes long may throw, and is run again next time. */
  readonly signal: AbortSignal;
  /** Progress within a part, in words. */
  say(progress: string): void;
}

/** A claim that takes too many cases for every test run. */
export interface Proof {
  readonly name: string;
  /** One sentence that the counts bear out. */
  readonly claim: string;
  /** Globs of the files it is about: when one of them changes, the record is stale. Tests beside them do not count. */
  readonly covers: readonly string[];
  /** It is run part by part; one that was stopped goes on with the next. */
  readonly parts: number;
  /**
   * The same part and seed try the same things; where processes and clocks take part, the counts may differ.
   * Throws, naming the case, when the claim does not hold.
   */
  run(part: number, seed: number, sitting: Sitting): Promise<Counts>;
  /** What is wrong with the sum of all parts; undefined when the claim holds. */
  objection(total: Counts): string | undefined;
}
