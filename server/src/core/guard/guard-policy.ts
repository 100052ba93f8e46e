import { type DetectorName, detectorNames } from './detector.ts';

/** What is done with a value that was found, the mildest first. */
export const guardActions = ['flag', 'mask_and_restore', 'mask', 'block'] as const;

export type GuardAction = (typeof guardActions)[number];

/** An answer has nothing to be restored from: what is masked in it stays masked. */
export type AnswerAction = Exclude<GuardAction, 'mask_and_restore'>;

export interface DetectorRule {
  readonly request?: GuardAction | undefined;
  readonly answer?: AnswerAction | undefined;
}

/** By detector; one without a rule is not looked for. */
export type GuardRules = Readonly<Partial<Record<DetectorName, DetectorRule>>>;

const strictness = (action: GuardAction | undefined) =>
  action === undefined ? -1 : guardActions.indexOf(action);

const stricter = <A extends GuardAction>(a: A | undefined, b: A | undefined): A | undefined =>
  strictness(a) >= strictness(b) ? a : b;

/** Both sets of rules at once: for each detector and direction the stricter one. Order and repetition change nothing. */
export function tightened(first: GuardRules, second: GuardRules): GuardRules {
  return Object.fromEntries(
    detectorNames.flatMap((name) => {
      const [a, b] = [first[name] ?? {}, second[name] ?? {}];
      const request = stricter(a.request, b.request);
      const answer = stricter(a.answer, b.answer);
      if (request === undefined && answer === undefined) return [];
      return [[name, { ...(request && { request }), ...(answer && { answer }) }]];
    }),
  );
}

/** Detectors for which `inner` would be milder than the `outer` rules that bind it. What it leaves out it inherits. */
export function loosenedBy(inner: GuardRules, outer: GuardRules): DetectorName[] {
  const milder = (own: GuardAction | undefined, bound: GuardAction | undefined) =>
    own !== undefined && strictness(own) < strictness(bound);
  return detectorNames.filter((name) => {
    const [own, bound] = [inner[name] ?? {}, outer[name] ?? {}];
    return milder(own.request, bound.request) || milder(own.answer, bound.answer);
  });
}

export const isEmpty = (rules: GuardRules): boolean => Object.keys(tightened(rules, {})).length === 0;
