import type { CedarValueJson, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import type { Localized } from '@kulning/sdk';

import { policyWords } from './policy-words.ts';

/** A fact that rules can tell apart. Names that hang together (a country and whether it is in the EEA) are one. */
export type FactName =
  | 'role'
  | 'dataClass'
  | 'purpose'
  | 'demonstration'
  | 'organisation'
  | 'demonstrationOrganisation'
  | 'revenue'
  | 'site'
  | 'simulated'
  | 'state'
  | 'unclaimed'
  | 'country'
  | 'operator'
  | 'parent'
  | 'certifications'
  | 'expiredFacts'
  | 'expiredCertifications'
  | 'tier'
  | 'model'
  | 'licence'
  | 'nonCommercial'
  | 'revenueCap'
  | 'toy';

/** The facts that a rule reads, and the values it names. */
export interface RuleFacts {
  readonly facts: ReadonlySet<FactName>;
  /** Those that it compares with another fact and not with a value that it names. */
  readonly compared: ReadonlySet<FactName>;
  readonly strings: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
}

const factOfPath: Readonly<Record<string, FactName>> = {
  action: 'role',
  'context.dataClass': 'dataClass',
  'context.purpose': 'purpose',
  'context.demonstration': 'demonstration',
  principal: 'organisation',
  'principal.demonstration': 'demonstrationOrganisation',
  'principal.revenueEurPerMonth': 'revenue',
  resource: 'site',
  'resource.site': 'site',
  'resource.simulated': 'simulated',
  'resource.state': 'state',
  'resource.unclaimed': 'unclaimed',
  'resource.country': 'country',
  'resource.inEea': 'country',
  'resource.operator': 'operator',
  'resource.parent': 'parent',
  'resource.parentCountry': 'parent',
  'resource.parentInEea': 'parent',
  'resource.certifications': 'certifications',
  'resource.expiredFacts': 'expiredFacts',
  'resource.expiredCertifications': 'expiredCertifications',
  'resource.tier': 'tier',
  'resource.model': 'role',
  'resource.model.name': 'model',
  'resource.model.licence': 'licence',
  'resource.model.nonCommercial': 'nonCommercial',
  'resource.model.revenueCapEurPerMonth': 'revenueCap',
  'resource.model.toy': 'toy',
};

/** A rule says something in Cedar that cannot be gone through case by case. */
export class UnusedCedarError extends RangeError {
  readonly words: Localized<string>;

  constructor(words: Localized<string>) {
    super(words.en);
    this.words = words;
  }
}

/**
 * What a rule depends on. Rules may only compare facts with named values and with each other: then a finite number of
 * cases stands for all, and what a policy does can be checked for every one of them.
 * @throws UnusedCedarError naming the part of Cedar that is not used here
 */
export function factsReadBy(rule: PolicyJson): RuleFacts {
  const found = nothing();
  if (rule.action.op !== 'All') found.facts.add('role');
  for (const [scope, fact] of [
    ['principal', 'organisation'],
    ['resource', 'site'],
  ] as const) {
    const constraint = rule[scope];
    if (constraint.op === 'All') continue;
    found.facts.add(fact);
    if ('entity' in constraint) readValue(constraint.entity as CedarValueJson, found);
  }
  for (const { body } of rule.conditions) read(body, found);
  return found;
}

const nothing = (): Found => ({
  facts: new Set(),
  compared: new Set(),
  strings: new Set(),
  numbers: new Set(),
});

interface Found {
  readonly facts: Set<FactName>;
  readonly compared: Set<FactName>;
  readonly strings: Set<string>;
  readonly numbers: Set<number>;
}

const comparisons: ReadonlySet<string> = new Set(
  '== != in < <= > >= && || ! contains containsAll containsAny isEmpty if-then-else is'.split(' '),
);

function read(expression: Expr, found: Found): void {
  const path = pathOf(expression);
  if (path !== undefined) {
    const fact = factOfPath[path];
    if (!fact) throw new UnusedCedarError(policyWords.notAsAWhole(path));
    found.facts.add(fact);
    if (path.startsWith('resource.model')) found.facts.add('role');
    return;
  }
  for (const [operator, operands] of Object.entries(expression)) {
    if (operator === 'Value') readValue(operands, found);
    else if (operator === 'Set') for (const element of operands as Expr[]) read(element, found);
    else if (comparisons.has(operator))
      readOperands(operator, operands as Record<string, Expr | string>, found);
    else throw new UnusedCedarError(policyWords.operatorUnused(operator));
  }
}

const logic: ReadonlySet<string> = new Set(['&&', '||', '!', 'if-then-else']);

function readOperands(
  operator: string,
  operands: Readonly<Record<string, Expr | string>>,
  found: Found,
): void {
  const parts = Object.values(operands).flatMap((operand) => {
    if (typeof operand === 'string') return [];
    const part = nothing();
    read(operand, part);
    return [part];
  });
  for (const part of parts) {
    for (const fact of part.facts) found.facts.add(fact);
    for (const fact of part.compared) found.compared.add(fact);
    for (const text of part.strings) found.strings.add(text);
    for (const number of part.numbers) found.numbers.add(number);
  }
  const reading = parts.filter(({ facts }) => facts.size > 0);
  if (logic.has(operator) || reading.length < 2) return;
  for (const { facts } of reading) for (const fact of facts) found.compared.add(fact);
}

/** Entities that a rule names count if there are others of their kind; classes, states and roles are all listed. */
function readValue(value: CedarValueJson, found: Found): void {
  if (typeof value === 'string') found.strings.add(value);
  else if (typeof value === 'number') found.numbers.add(value);
  else if (Array.isArray(value)) for (const element of value) readValue(element, found);
  else if (typeof value === 'object' && value !== null) {
    const { __entity: entity = value } = value as { __entity?: CedarValueJson };
    const { type, id } = entity as { type?: unknown; id?: unknown };
    if ((type === 'Organisation' || type === 'Place') && typeof id === 'string') found.strings.add(id);
  }
}

/** `resource.model.toy` of an access or a `has`; undefined for anything else. */
function pathOf(expression: Expr): string | undefined {
  if ('Var' in expression) return expression.Var as string;
  const access = ('.' in expression ? expression['.'] : 'has' in expression ? expression.has : undefined) as
    | { left: Expr; attr: string | string[] }
    | undefined;
  if (!access) return undefined;
  const left = pathOf(access.left);
  return left === undefined ? undefined : [left, ...[access.attr].flat()].join('.');
}
