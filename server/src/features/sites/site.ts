import { siteInput, type SiteChange, type SiteInput } from '@kulning/sdk';

import { canonicalJson, type JsonValue } from '../../core/ledger/canonical-json.ts';
import type { EvidenceTier, Fact, Figure, Provenance, SiteFacts } from '../../core/placement/facts.ts';

export const siteConfigSchema = siteInput;

export type SiteOrigin = 'starter' | 'config' | 'api';

/** The site of the machine that Kulning was first started on. */
export const thisMachineSlug = 'this-machine';

const factNames = ['country', 'gridZone', 'operator', 'parent', 'opensAt', 'closesAt'] as const;
const figureNames = ['powerLimitMw', 'gramsCo2PerKwh', 'eurPerMwh', 'pue', 'roundTripMs'] as const;

export type FactName = (typeof factNames)[number] | (typeof figureNames)[number] | 'certification';

/** One thing that is said about a site. */
export interface SiteFact {
  readonly name: FactName;
  readonly value: JsonValue;
  readonly tier: EvidenceTier;
  readonly provenance: Provenance | undefined;
  readonly source: string;
  readonly validUntil: string | undefined;
}

/** What the site is, besides what is said about it. */
export interface SiteIdentity {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly place: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly simulated: boolean;
  readonly unclaimed: boolean;
}

/** What was said by hand, or undefined where the input is silent; `null` withdraws. */
export function declaredFacts(given: SiteInput | SiteChange, source: string): Map<FactName, SiteFact[]> {
  const facts = new Map<FactName, SiteFact[]>();
  for (const name of [...factNames, ...figureNames]) {
    const value = given[name];
    if (value === undefined) continue;
    facts.set(name, value === null ? [] : [declared(name, value, source)]);
  }
  const { certifications } = given;
  if (certifications !== undefined)
    facts.set(
      'certification',
      (certifications ?? []).map((each) => declared('certification', each, source)),
    );
  return facts;
}

interface Detailed {
  readonly value: Value;
  readonly source?: string | undefined;
  readonly validUntil?: string | undefined;
}
type Value = string | number | { readonly name: string; readonly country: string };
type Declared = Value | Detailed;

/** What a person declares is T0, whatever they say it is. Dates are kept as instants. */
function declared(name: FactName, given: Declared, source: string): SiteFact {
  const detailed = isDetailed(given) ? given : { value: given };
  const isDate = (name === 'opensAt' || name === 'closesAt') && typeof detailed.value === 'string';
  return {
    name,
    value: isDate ? new Date(detailed.value).toISOString() : detailed.value,
    tier: 'T0',
    provenance: figureNames.some((figure) => figure === name) ? 'declared' : undefined,
    source: detailed.source ?? source,
    validUntil: detailed.validUntil === undefined ? undefined : new Date(detailed.validUntil).toISOString(),
  };
}

function isDetailed(given: Declared): given is Detailed {
  return typeof given === 'object' && 'value' in given;
}

export function isSameFact(a: SiteFact, b: SiteFact): boolean {
  return (
    canonicalJson(a.value) === canonicalJson(b.value) &&
    a.tier === b.tier &&
    a.source === b.source &&
    a.validUntil === b.validUntil
  );
}

/** The site as placement sees it. */
export function siteFactsOf(identity: SiteIdentity, facts: readonly SiteFact[]): SiteFacts {
  const certifications = facts.filter(({ name }) => name === 'certification').map(knownAs) as Fact<string>[];
  const rest = facts
    .filter(({ name }) => name !== 'certification')
    .map((fact) => [fact.name, knownAs(fact)] as const);
  return { ...identity, certifications, ...Object.fromEntries(rest) };
}

function knownAs({ value, tier, source, validUntil, provenance }: SiteFact): Fact<unknown> | Figure {
  return {
    value,
    tier,
    source,
    ...(validUntil !== undefined && { validUntil }),
    ...(provenance !== undefined && { provenance }),
  };
}

/** Once country and operator were said, the machine is claimed. */
export function isDeclared(facts: readonly SiteFact[]): boolean {
  return ['country', 'operator'].every((wanted) => facts.some(({ name }) => name === wanted));
}
