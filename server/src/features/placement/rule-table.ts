import type { CaseAxis } from './case-axes.ts';
import { ordinaryCase, placeOfCase } from './case-draft.ts';
import { noRulePermits, type Cedar } from './cedar-judge.ts';
import type { PolicyRule } from './policy-text.ts';

/** For each combination of the facts that a rule reads, whether it applies: Cedar was asked for every one. */
export interface RuleTable {
  readonly rule: PolicyRule;
  /** The last axis that it reads: once that is known, so is whether it applies. −1 for a rule that reads nothing. */
  readonly lastAxis: number;
  /** @param point for each axis, which of its values */
  applies(point: readonly number[]): boolean;
}

export function ruleTable(rule: PolicyRule, axes: readonly CaseAxis[], cedar: Cedar): RuleTable {
  const steps: { axis: CaseAxis; index: number; stride: number }[] = [];
  let size = 1;
  for (const [index, axis] of axes.entries()) {
    if (!rule.facts.facts.has(axis.name)) continue;
    steps.push({ axis, index, stride: size });
    size *= axis.values.length;
  }
  const alone = { hash: rule.cedar, rules: [rule] };
  const table = Uint8Array.from({ length: size }, (_, entry) => {
    const draft = ordinaryCase();
    for (const { axis, stride } of steps)
      axis.values[Math.floor(entry / stride) % axis.values.length]?.put(draft);
    const { rules } = cedar.verdictOf(alone, draft.work, placeOfCase(draft), draft.role);
    return rules[0]?.id === noRulePermits.id ? 0 : 1;
  });
  return {
    rule,
    lastAxis: steps.at(-1)?.index ?? -1,
    applies(point) {
      let entry = 0;
      for (const { index, stride } of steps) entry += (point[index] ?? 0) * stride;
      return table[entry] === 1;
    },
  };
}
