import { isInEea } from '../../core/policy/eea.ts';
import {
  pathRoles,
  type ModelFacts,
  type PathRole,
  type PlaceFacts,
  type WorkFacts,
} from '../../core/policy/judge.ts';
import type { FactName, RuleFacts } from './rule-facts.ts';

/** A question to a policy while it is being put together. */
export interface CaseDraft {
  role: PathRole;
  work: { -readonly [K in keyof WorkFacts]: WorkFacts[K] };
  place: { -readonly [K in keyof PlaceFacts]: PlaceFacts[K] };
  model: { -readonly [K in keyof ModelFacts]: ModelFacts[K] };
}

/** One fact with each value that the rules can tell from the others; the first is the ordinary one. */
export interface CaseAxis {
  readonly name: FactName;
  readonly values: readonly CaseValue[];
  /** Of the model: means nothing where no model runs. */
  readonly ofModel: boolean;
}

interface CaseValue {
  /** `SE`, `true`, or undefined for a fact that is not known. */
  readonly label: string | undefined;
  put(draft: CaseDraft): void;
}

/** Values that no rule names stand for all others: one, or two where a rule could compare one fact with another. */
const others = ['something', 'something else'] as const;
const eeaCountries = ['SE', 'FR'] as const;
const otherCountries = ['US', 'CA'] as const;
const texts = [
  'purpose',
  'organisation',
  'site',
  'country',
  'operator',
  'parent',
  'model',
  'licence',
] as const;

/** The axes along which these rules can tell cases apart. */
export function axesOf(rules: readonly RuleFacts[]): CaseAxis[] {
  const names = new Set(rules.flatMap(({ facts }) => [...facts]));
  const axes = makers.filter(([name]) => names.has(name));
  return axes.map(([name, make, ofModel = false]) => {
    const reading = rules.filter(({ facts }) => facts.has(name));
    const strings = [...new Set(reading.flatMap((rule) => [...rule.strings]))].sort();
    const numbers = [...new Set(reading.flatMap((rule) => [...rule.numbers]))].sort((a, b) => a - b);
    const kinds = reading.some(({ facts }) => texts.filter((text) => facts.has(text)).length > 1) ? 2 : 1;
    return { name, values: make({ strings, numbers, kinds }), ofModel };
  });
}

export function ordinaryCase(): CaseDraft {
  return {
    role: 'engine',
    work: {
      dataClass: 'public',
      purpose: '',
      demonstration: false,
      organisation: { id: others[0], demonstration: false },
    },
    place: {
      site: others[0],
      simulated: false,
      state: 'open',
      unclaimed: false,
      country: eeaCountries[0],
      inEea: true,
      operator: others[0],
      parent: others[0],
      parentCountry: eeaCountries[0],
      parentInEea: true,
      certifications: [],
      expiredFacts: [],
      expiredCertifications: [],
      tier: 0,
    },
    model: { name: others[0], licence: others[0], nonCommercial: false, toy: false },
  };
}

/** A fact that has expired is unknown: no site both has it and has lost it. */
export function canBe({ place }: CaseDraft): boolean {
  const { expiredFacts, country, operator, parentCountry } = place;
  const known = { country, operator, parent: parentCountry };
  return Object.entries(known).every(([name, value]) => value === undefined || !expiredFacts.includes(name));
}

/** The place as policy sees it: a model is there at the engine only. */
export function placeOfCase({ place, model, role }: CaseDraft): PlaceFacts {
  return role === 'engine' ? { ...place, model } : place;
}

interface Named {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
  /** How many values that no rule names are needed. */
  readonly kinds: 1 | 2;
}

type Make = (named: Named) => CaseValue[];

const value = (label: string | number | boolean | undefined, put: CaseValue['put']): CaseValue => ({
  label: label === undefined ? undefined : String(label),
  put,
});

/** Each of `values`, and what to do with it. */
const each =
  <T extends string | number | boolean>(
    values: readonly T[],
    put: (draft: CaseDraft, given: T) => void,
  ): Make =>
  () =>
    values.map((given) => value(given, (draft) => put(draft, given)));

/** Strings: those that the rules name, and others. */
const text =
  (put: (draft: CaseDraft, given: string) => void, remove?: CaseValue['put']): Make =>
  ({ strings, kinds }) => [
    ...[...others.slice(0, kinds), ...strings].map((given) => value(given, (draft) => put(draft, given))),
    ...(remove ? [value(undefined, remove)] : []),
  ];

/** Numbers: those that the rules name with both neighbours, and two small ones, so that two facts can be compared. */
const amount =
  (put: (draft: CaseDraft, given: number) => void, remove: CaseValue['put']): Make =>
  ({ numbers }) => [
    value(undefined, remove),
    ...[...new Set([1, 2, ...numbers.flatMap((named) => [named - 1, named, named + 1])])].map((given) =>
      value(given, (draft) => put(draft, given)),
    ),
  ];

/** Sets: every choice among the names that the rules use and one that they do not. */
const set =
  (always: readonly string[], put: (draft: CaseDraft, given: readonly string[]) => void): Make =>
  ({ strings }) => {
    const names = always.length > 0 ? always : [...strings, others[0]];
    return Array.from({ length: 2 ** names.length }, (_, bits) => {
      const chosen = names.filter((__, index) => bits & (1 << index));
      return value(chosen.join(', ') || 'none', (draft) => put(draft, chosen));
    });
  };

const countries = ({ strings, kinds }: Named) => [
  ...new Set([
    ...eeaCountries.slice(0, kinds),
    ...otherCountries.slice(0, kinds),
    ...strings.filter((each) => /^[A-Z]{2}$/.test(each)),
  ]),
];

const makers: readonly (readonly [FactName, Make, boolean?])[] = [
  ['role', each(pathRoles.toReversed(), (draft, role) => void (draft.role = role))],
  [
    'dataClass',
    each(
      ['public', 'internal', 'personal', 'special', 'unclassified'] as const,
      ({ work }, given) => void (work.dataClass = given),
    ),
  ],
  ['purpose', text(({ work }, given) => void (work.purpose = given))],
  ['demonstration', each([false, true], ({ work }, given) => void (work.demonstration = given))],
  ['organisation', text(({ work }, id) => void (work.organisation = { ...work.organisation, id }))],
  [
    'demonstrationOrganisation',
    each(
      [false, true],
      ({ work }, given) => void (work.organisation = { ...work.organisation, demonstration: given }),
    ),
  ],
  [
    'revenue',
    amount(
      ({ work }, given) => void (work.organisation = { ...work.organisation, revenueEurPerMonth: given }),
      ({ work }) => {
        const { id, demonstration } = work.organisation;
        work.organisation = { id, demonstration };
      },
    ),
  ],
  ['site', text(({ place }, given) => void (place.site = given))],
  ['simulated', each([false, true], ({ place }, given) => void (place.simulated = given))],
  [
    'state',
    each(['open', 'not-open-yet', 'closed'] as const, ({ place }, given) => void (place.state = given)),
  ],
  ['unclaimed', each([false, true], ({ place }, given) => void (place.unclaimed = given))],
  [
    'country',
    (named) => [
      ...countries(named).map((code) =>
        value(code, ({ place }) => void Object.assign(place, { country: code, inEea: isInEea(code) })),
      ),
      value(undefined, ({ place }) => {
        delete place.country;
        place.inEea = false;
      }),
    ],
  ],
  [
    'operator',
    text(
      ({ place }, given) => void (place.operator = given),
      ({ place }) => void delete place.operator,
    ),
  ],
  [
    'parent',
    (named) => [
      ...[
        ...others.slice(0, named.kinds),
        ...named.strings.filter((each) => !countries(named).includes(each)),
      ].flatMap((parent) =>
        countries(named).map((code) =>
          value(
            `${parent} (${code})`,
            ({ place }) =>
              void Object.assign(place, { parent, parentCountry: code, parentInEea: isInEea(code) }),
          ),
        ),
      ),
      value(undefined, ({ place }) => {
        delete place.parent;
        delete place.parentCountry;
        place.parentInEea = false;
      }),
    ],
  ],
  ['certifications', set([], ({ place }, given) => void (place.certifications = given))],
  [
    'expiredFacts',
    set(['country', 'operator', 'parent'], ({ place }, given) => void (place.expiredFacts = given)),
  ],
  ['expiredCertifications', set([], ({ place }, given) => void (place.expiredCertifications = given))],
  ['tier', each([0, 1, 2, 3], ({ place }, given) => void (place.tier = given))],
  ['model', text(({ model }, given) => void (model.name = given)), true],
  ['licence', text(({ model }, given) => void (model.licence = given)), true],
  ['nonCommercial', each([false, true], ({ model }, given) => void (model.nonCommercial = given)), true],
  [
    'revenueCap',
    amount(
      ({ model }, given) => void (model.revenueCapEurPerMonth = given),
      ({ model }) => void delete model.revenueCapEurPerMonth,
    ),
    true,
  ],
  ['toy', each([false, true], ({ model }, given) => void (model.toy = given)), true],
];
