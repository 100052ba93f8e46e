import { isInEea } from '../../core/policy/eea.ts';
import { pathRoles } from '../../core/policy/judge.ts';
import type { CaseDraft } from './case-draft.ts';
import type { FactName, RuleFacts } from './rule-facts.ts';

/** One fact with each value that the rules can tell from the others; the first is the ordinary one. */
export interface CaseAxis {
  readonly name: FactName;
  readonly values: readonly CaseValue[];
  /** Of the model: means nothing where no model runs. */
  readonly ofModel: boolean;
}

interface CaseValue {
  /** `FR`, `true`, or undefined for a fact that is not known. */
  readonly label: string | undefined;
  put(draft: CaseDraft): void;
}

/** Facts whose values are names. */
const texts: ReadonlySet<FactName> = new Set<FactName>(
  'purpose organisation site country operator parent model licence certifications expiredCertifications'.split(
    ' ',
  ) as FactName[],
);
const amounts: ReadonlySet<FactName> = new Set<FactName>(['revenue', 'revenueCap', 'tier']);

/** The axes along which these rules can tell cases apart. */
export function axesOf(rules: readonly RuleFacts[]): CaseAxis[] {
  const read = new Set(rules.flatMap(({ facts }) => [...facts]));
  const mixed = rules.flatMap(({ compared }) => [...compared]);
  // A name that one rule looks for in one fact can matter in another, once rules compare facts with facts.
  const namesMix = mixed.some((fact) => texts.has(fact));
  const tiersMix = mixed.includes('tier');
  return makers
    .filter(({ name }) => read.has(name))
    .map(({ name, make, ofModel }) => {
      const shared = (namesMix && texts.has(name)) || amounts.has(name);
      const naming = shared ? rules : rules.filter(({ facts }) => facts.has(name));
      const strings = [...new Set(naming.flatMap((rule) => [...rule.strings]))].toSorted();
      const numbers = naming.flatMap((rule) => [...rule.numbers]);
      const values = make({
        strings,
        numbers: tiersMix ? [...numbers, 0, 3] : numbers,
        others: namesMix ? 2 : 1,
      });
      return { name, values, ofModel: ofModel ?? false };
    });
}

interface Named {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
  /** How many values that no rule names are needed: two where a rule compares one fact with another. */
  readonly others: 1 | 2;
}

type Make = (named: Named) => CaseValue[];

const value = (label: string | number | boolean | undefined, put: CaseValue['put']): CaseValue => ({
  label: label === undefined ? undefined : String(label),
  put,
});

/** A name, or one that stands for all that no rule looks for and is labelled so. */
interface Name {
  readonly text: string;
  readonly label: string;
}

const other = 'other';
const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const allCodes = letters.flatMap((first) => letters.map((second) => first + second));

const lookedFor = (text: string): Name => ({ text, label: text });

function namesOf({ strings, others }: Named): Name[] {
  const free = Array.from({ length: strings.length + others }, (_, index) => `${other}${index}`);
  const standIns = free.filter((text) => !strings.includes(text)).slice(0, others);
  return [...standIns.map((text) => ({ text, label: other })), ...strings.map(lookedFor)];
}

/** Those that the rules name, and one or two of all others inside the EEA and outside. */
function countriesOf({ strings, others }: Named): Name[] {
  const named = strings.filter((text) => allCodes.includes(text));
  const standIns = (label: string, inEea: boolean) =>
    allCodes
      .filter((code) => isInEea(code) === inEea && !named.includes(code))
      .slice(0, others)
      .map((text) => ({ text, label }));
  return [...standIns('in the EEA', true), ...standIns('outside the EEA', false), ...named.map(lookedFor)];
}

/** Each of `values`, and what to do with it. */
const each =
  <T extends string | number | boolean>(
    values: readonly T[],
    put: (draft: CaseDraft, given: T) => void,
  ): Make =>
  () =>
    values.map((given) => value(given, (draft) => put(draft, given)));

/** Names: those that the rules look for, and others. */
const text =
  (put: (draft: CaseDraft, given: string) => void, remove?: CaseValue['put']): Make =>
  (given) => [
    ...namesOf(given).map((name) => value(name.label, (draft) => put(draft, name.text))),
    ...(remove ? [value(undefined, remove)] : []),
  ];

/** Numbers: those that the rules name and two on each side, so that two facts can be ordered anywhere between them. */
const amount =
  (put: (draft: CaseDraft, given: number) => void, remove: CaseValue['put']): Make =>
  ({ numbers }) => {
    const near = [1, 2, ...numbers.flatMap((named) => [-2, -1, 0, 1, 2].map((step) => named + step))];
    const distinct = [...new Set(near.filter((number) => number >= 0))];
    return [value(undefined, remove), ...distinct.map((given) => value(given, (draft) => put(draft, given)))];
  };

/** Sets: every choice among the names. */
const set =
  (
    names: (given: Named) => readonly Name[],
    put: (draft: CaseDraft, given: readonly string[]) => void,
  ): Make =>
  (given) => {
    const all = names(given);
    return Array.from({ length: 2 ** all.length }, (_, bits) => {
      const chosen = all.filter((_name, index) => bits & (1 << index));
      const label = chosen.map((name) => name.label).join(', ') || 'none';
      return value(label, (draft) =>
        put(
          draft,
          chosen.map((name) => name.text),
        ),
      );
    });
  };

const perishable = () => ['country', 'operator', 'parent'].map(lookedFor);

interface Maker {
  readonly name: FactName;
  readonly make: Make;
  readonly ofModel?: true;
}

const setCountry = ({ place }: CaseDraft, country: string) =>
  void Object.assign(place, { country, inEea: isInEea(country) });

const setParent = ({ place }: CaseDraft, parent: string, parentCountry: string) =>
  void Object.assign(place, { parent, parentCountry, parentInEea: isInEea(parentCountry) });

/** Its name and its country go together. */
const parentsOf: Make = (given) =>
  namesOf({ ...given, strings: given.strings.filter((each) => !allCodes.includes(each)) }).flatMap((parent) =>
    countriesOf(given).map((country) =>
      value(parent.label === other ? country.label : `${parent.label}, ${country.label}`, (draft) =>
        setParent(draft, parent.text, country.text),
      ),
    ),
  );

const makers: readonly Maker[] = [
  { name: 'role', make: each(pathRoles.toReversed(), (draft, role) => void (draft.role = role)) },
  {
    name: 'dataClass',
    make: each(
      ['public', 'internal', 'personal', 'special', 'unclassified'] as const,
      ({ work }, given) => void (work.dataClass = given),
    ),
  },
  { name: 'purpose', make: text(({ work }, given) => void (work.purpose = given)) },
  {
    name: 'demonstration',
    make: each([false, true], ({ work }, given) => void (work.demonstration = given)),
  },
  {
    name: 'organisation',
    make: text(({ work }, id) => void (work.organisation = { ...work.organisation, id })),
  },
  {
    name: 'demonstrationOrganisation',
    make: each(
      [false, true],
      ({ work }, demonstration) => void (work.organisation = { ...work.organisation, demonstration }),
    ),
  },
  {
    name: 'revenue',
    make: amount(
      ({ work }, revenueEurPerMonth) =>
        void (work.organisation = { ...work.organisation, revenueEurPerMonth }),
      ({ work }) => {
        const { id, demonstration } = work.organisation;
        work.organisation = { id, demonstration };
      },
    ),
  },
  { name: 'site', make: text(({ place }, given) => void (place.site = given)) },
  { name: 'simulated', make: each([false, true], ({ place }, given) => void (place.simulated = given)) },
  {
    name: 'state',
    make: each(['open', 'not-open-yet', 'closed'] as const, ({ place }, given) => void (place.state = given)),
  },
  { name: 'unclaimed', make: each([false, true], ({ place }, given) => void (place.unclaimed = given)) },
  {
    name: 'country',
    make: (given) => [
      ...countriesOf(given).map((country) =>
        value(country.label, (draft) => setCountry(draft, country.text)),
      ),
      value(undefined, ({ place }) => {
        delete place.country;
        place.inEea = false;
      }),
    ],
  },
  {
    name: 'operator',
    make: text(
      ({ place }, given) => void (place.operator = given),
      ({ place }) => void delete place.operator,
    ),
  },
  {
    name: 'parent',
    make: (given) => [
      ...parentsOf(given),
      value(undefined, ({ place }) => {
        delete place.parent;
        delete place.parentCountry;
        place.parentInEea = false;
      }),
    ],
  },
  { name: 'certifications', make: set(namesOf, ({ place }, given) => void (place.certifications = given)) },
  { name: 'expiredFacts', make: set(perishable, ({ place }, given) => void (place.expiredFacts = given)) },
  {
    name: 'expiredCertifications',
    make: set(namesOf, ({ place }, given) => void (place.expiredCertifications = given)),
  },
  { name: 'tier', make: each([0, 1, 2, 3], ({ place }, given) => void (place.tier = given)) },
  { name: 'model', make: text(({ model }, given) => void (model.name = given)), ofModel: true },
  { name: 'licence', make: text(({ model }, given) => void (model.licence = given)), ofModel: true },
  {
    name: 'nonCommercial',
    make: each([false, true], ({ model }, given) => void (model.nonCommercial = given)),
    ofModel: true,
  },
  {
    name: 'revenueCap',
    make: amount(
      ({ model }, given) => void (model.revenueCapEurPerMonth = given),
      ({ model }) => void delete model.revenueCapEurPerMonth,
    ),
    ofModel: true,
  },
  { name: 'toy', make: each([false, true], ({ model }, given) => void (model.toy = given)), ofModel: true },
];
