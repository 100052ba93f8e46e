import { setImmediate as breathe } from 'node:timers/promises';

import { KulningError, type PolicyComparison } from '@kulning/sdk';

import type { Language } from '../../core/policy/rule.ts';
import { axesOf, type CaseAxis } from './case-axes.ts';
import { canBe, ordinaryCase, type CaseDraft } from './case-draft.ts';
import { factLabel, factValueLabel } from './case-words.ts';
import { createCedar, noRulePermits } from './cedar-judge.ts';
import type { PolicyText } from './policy-text.ts';
import { policyWords } from './policy-words.ts';
import { ruleTable, type RuleTable } from './rule-table.ts';

/** Turns of the search before it gives up: a second or so. */
const mostTurns = 10_000_000;
const examplesShown = 5;

type Example = PolicyComparison['examples']['widened'][number];

/**
 * What changes between two policies, for every combination of facts that the rules of either can tell apart. Cedar is
 * asked about each rule for every value of what it reads; then all combinations are gone through, skipping those that
 * a rule of both refuses and those that no changed rule applies to. Exhaustive over facts, not a proof about Cedar.
 * @throws KulningError `policy.too_many_cases`
 */
export async function comparePolicies(
  from: PolicyText,
  to: PolicyText,
  language: Language,
): Promise<PolicyComparison> {
  const rules = [...new Map([...from.rules, ...to.rules].map((rule) => [rule.cedar, rule])).values()];
  const isChanged = ({ cedar }: { cedar: string }) =>
    ![from, to].every((policy) => policy.rules.some((rule) => rule.cedar === cedar));
  const changed = rules.filter(isChanged);
  const axes = inSearchOrder(
    axesOf(rules.map(({ facts }) => facts)),
    changed.flatMap(({ facts }) => [...facts.facts]),
  );
  const cedar = createCedar({ policies: 1 });
  const tables: RuleTable[] = [];
  for (const rule of rules) {
    tables.push(ruleTable(rule, axes, cedar));
    await breathe();
  }
  const of = (policy: PolicyText) =>
    tables.filter(({ rule }) => policy.rules.some(({ cedar: text }) => text === rule.cedar));
  const found: Found = {
    combinations: 0,
    widened: 0,
    narrowed: 0,
    restricted: false,
    examples: { widened: [], narrowed: [] },
  };
  search(
    { axes, tables, before: new Set(of(from)), after: new Set(of(to)), found, turns: 0 },
    0,
    axes.map(() => 0),
    {
      refusedBefore: false,
      refusedAfter: false,
      permittedBefore: false,
      permittedAfter: false,
      touched: false,
    },
  );
  const shown = (points: readonly (readonly number[])[], refusing: PolicyText) =>
    points.map((point) => exampleOf(point, axes, of(refusing), language));
  return {
    from: from.hash,
    to: to.hash,
    method: 'exhaustive over facts',
    combinations: found.combinations,
    widened: found.widened,
    narrowed: found.narrowed,
    widensRestricted: found.restricted,
    examples: { widened: shown(found.examples.widened, from), narrowed: shown(found.examples.narrowed, to) },
  };
}

interface Found {
  combinations: number;
  widened: number;
  narrowed: number;
  restricted: boolean;
  readonly examples: { readonly widened: number[][]; readonly narrowed: number[][] };
}

interface Search {
  readonly axes: readonly CaseAxis[];
  readonly tables: readonly RuleTable[];
  readonly before: ReadonlySet<RuleTable>;
  readonly after: ReadonlySet<RuleTable>;
  readonly found: Found;
  turns: number;
}

/** What the axes so far have settled. */
interface Settled {
  readonly refusedBefore: boolean;
  readonly refusedAfter: boolean;
  readonly permittedBefore: boolean;
  readonly permittedAfter: boolean;
  /** A rule that only one of the policies has applies. */
  readonly touched: boolean;
}

/** The role first (a model is at the engine only), then what changed rules read: most branches end early. */
function inSearchOrder(axes: readonly CaseAxis[], changed: readonly CaseAxis['name'][]): CaseAxis[] {
  const rank = ({ name }: CaseAxis) =>
    name === 'role' ? 0 : name === 'dataClass' ? 1 : changed.includes(name) ? 2 : 3;
  return axes.toSorted((a, b) => rank(a) - rank(b));
}

/** Depth first over the axes; a branch ends when its cases are judged alike, and all of them are counted. */
function search(state: Search, depth: number, point: number[], settled: Settled): void {
  const { axes, tables, before, after, found } = state;
  if (++state.turns > mostTurns) throw tooMany();
  const now = { ...settled };
  for (const table of tables) {
    if (table.lastAxis !== depth - 1 || !table.applies(point)) continue;
    const isBefore = before.has(table);
    const isAfter = after.has(table);
    const forbids = table.rule.effect === 'forbid';
    if (isBefore) now[forbids ? 'refusedBefore' : 'permittedBefore'] = true;
    if (isAfter) now[forbids ? 'refusedAfter' : 'permittedAfter'] = true;
    if (isBefore !== isAfter) now.touched = true;
  }
  const undecided = tables.some((table) => table.lastAxis >= depth && before.has(table) !== after.has(table));
  if ((now.refusedBefore && now.refusedAfter) || (!now.touched && !undecided)) {
    found.combinations += casesBelow(axes, depth, point);
    return;
  }
  const axis = axes[depth];
  if (!axis) return judged(state, point, now);
  const choices = axis.ofModel && !hasModel(axes, point) ? 1 : axis.values.length;
  for (let choice = 0; choice < choices; choice++) {
    point[depth] = choice;
    search(state, depth + 1, point, now);
  }
  point[depth] = 0;
}

function judged({ axes, found }: Search, point: readonly number[], settled: Settled): void {
  const draft = caseAt(point, axes);
  if (!canBe(draft)) return;
  found.combinations++;
  const allowedBefore = settled.permittedBefore && !settled.refusedBefore;
  const allowedAfter = settled.permittedAfter && !settled.refusedAfter;
  if (allowedBefore === allowedAfter) return;
  const change = allowedAfter ? 'widened' : 'narrowed';
  found[change]++;
  // Where no rule reads the class, what is widened is widened for every class.
  const classIsRead = axes.some(({ name }) => name === 'dataClass');
  const { dataClass } = draft.work;
  if (allowedAfter && (!classIsRead || dataClass === 'personal' || dataClass === 'special'))
    found.restricted = true;
  if (found.examples[change].length < examplesShown) found.examples[change].push([...point]);
}

/** Cases that differ only in the axes still open; those that cannot be are among them. */
function casesBelow(axes: readonly CaseAxis[], depth: number, point: readonly number[]): number {
  const withModel = hasModel(axes, point);
  return axes
    .slice(depth)
    .reduce((product, { values, ofModel }) => product * (ofModel && !withModel ? 1 : values.length), 1);
}

function hasModel(axes: readonly CaseAxis[], point: readonly number[]): boolean {
  const role = axes.findIndex(({ name }) => name === 'role');
  return role < 0 || axes[role]?.values[point[role] ?? 0]?.label === 'engine';
}

function caseAt(point: readonly number[], axes: readonly CaseAxis[]): CaseDraft {
  const draft = ordinaryCase();
  for (const [index, axis] of axes.entries()) axis.values[point[index] ?? 0]?.put(draft);
  return draft;
}

/** Only what is out of the ordinary is told. */
function exampleOf(
  point: readonly number[],
  axes: readonly CaseAxis[],
  refusing: readonly RuleTable[],
  language: Language,
): Example {
  const { work, role } = caseAt(point, axes);
  const forbids = refusing.filter((table) => table.rule.effect === 'forbid' && table.applies(point));
  const facts = axes.flatMap(({ name, values }, index) => {
    if (name === 'role' || name === 'dataClass' || point[index] === 0) return [];
    return [
      { name: factLabel(name, language), value: factValueLabel(values[point[index] ?? 0]?.label, language) },
    ];
  });
  const refusedBy = forbids.length > 0 ? forbids.map(({ rule }) => rule.id) : [noRulePermits.id];
  return { dataClass: work.dataClass, role, facts, refusedBy };
}

function tooMany(): KulningError {
  return new KulningError({
    code: 'policy.too_many_cases',
    status: 422,
    text: policyWords.tooManyCases,
    path: 'text',
  });
}
