/** What a part of a proof counted; parts are added up. */
export type Counts = Readonly<Record<string, number>>;

/** A claim that takes too many cases for every test run. */
export interface Proof {
  readonly name: string;
  /** One sentence that the counts bear out. */
  readonly claim: string;
  /** Globs of the files it is about: when one of them changes, the record is stale. Tests beside them do not count. */
  readonly covers: readonly string[];
  /** It is run part by part; one that was stopped goes on with the next. */
  readonly parts: number;
  /** Repeatable: the same part and seed count the same. Throws, naming the case, when the claim does not hold. */
  run(part: number, seed: number): Promise<Counts>;
  /** What is wrong with the sum of all parts; undefined when the claim holds. */
  objection(total: Counts): string | undefined;
}
