import type { ModelFacts, PathRole, PlaceFacts, WorkFacts } from '../../core/policy/judge.ts';

/** A question to a policy while it is being put together. */
export interface CaseDraft {
  role: PathRole;
  work: { -readonly [K in keyof WorkFacts]: WorkFacts[K] };
  place: { -readonly [K in keyof PlaceFacts]: PlaceFacts[K] };
  model: { -readonly [K in keyof ModelFacts]: ModelFacts[K] };
}

/** What nobody would remark on; each axis begins with it. */
export function ordinaryCase(): CaseDraft {
  return {
    role: 'engine',
    work: {
      dataClass: 'public',
      purpose: '',
      demonstration: false,
      organisation: { id: 'other0', demonstration: false },
    },
    place: {
      site: 'other0',
      simulated: false,
      state: 'open',
      unclaimed: false,
      country: 'AT',
      inEea: true,
      operator: 'other0',
      parent: 'other0',
      parentCountry: 'AT',
      parentInEea: true,
      certifications: [],
      expiredFacts: [],
      expiredCertifications: [],
      tier: 0,
    },
    model: { name: 'other0', licence: 'other0', nonCommercial: false, toy: false },
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
