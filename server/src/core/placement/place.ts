import { isInEea } from '../policy/eea.ts';
import type { ModelFacts, PlaceFacts, SiteState } from '../policy/judge.ts';
import { evidenceTiers, type DeploymentFacts, type Fact, type SiteFacts } from './facts.ts';

/** A fact counts until its `validUntil`, and not at that moment. */
export function isValid(fact: Fact<unknown>, now: number): boolean {
  return fact.validUntil === undefined || now < Date.parse(fact.validUntil);
}

/** Closed wins over not open yet; an opening date that is no longer vouched for does not open a site. */
function stateOf(site: SiteFacts, now: number): SiteState {
  if (site.closesAt && Date.parse(site.closesAt.value) <= now) return 'closed';
  if (!site.opensAt) return 'open';
  return isValid(site.opensAt, now) && Date.parse(site.opensAt.value) <= now ? 'open' : 'not-open-yet';
}

/**
 * What policy sees of a site at a moment. Every date is reduced to yes or no here, so that verdicts can be kept by
 * exact facts and `now` stays an argument of the decision.
 */
export function placeOf(site: SiteFacts, now: number, model?: ModelFacts): PlaceFacts {
  const known = { country: site.country, operator: site.operator, parent: site.parent };
  const valid = <T>(fact: Fact<T> | undefined) => (fact && isValid(fact, now) ? fact : undefined);
  const country = valid(site.country)?.value;
  const operator = valid(site.operator)?.value;
  const parent = valid(site.parent)?.value;
  const certified = site.certifications.filter((each) => isValid(each, now)).map((each) => each.value);
  const lapsed = site.certifications.map((each) => each.value).filter((name) => !certified.includes(name));
  const tiers = Object.values(known).map((fact) => (fact ? evidenceTiers.indexOf(fact.tier) : 0));
  return {
    site: site.slug,
    simulated: site.simulated,
    state: stateOf(site, now),
    unclaimed: site.unclaimed,
    ...(country !== undefined && { country }),
    inEea: isInEea(country),
    ...(operator !== undefined && { operator }),
    ...(parent && { parent: parent.name, parentCountry: parent.country }),
    parentInEea: isInEea(parent?.country),
    certifications: sorted(certified),
    expiredFacts: sorted(
      Object.entries(known).flatMap(([name, fact]) => (fact && !isValid(fact, now) ? [name] : [])),
    ),
    expiredCertifications: sorted(lapsed),
    tier: Math.min(...tiers),
    ...(model && { model }),
  };
}

/** What policy sees of the model that a deployment serves. */
export function modelOf(deployment: DeploymentFacts): ModelFacts {
  const { id, nonCommercial, revenueCapEurPerMonth } = deployment.licence;
  return {
    name: deployment.model,
    licence: id,
    nonCommercial: nonCommercial ?? false,
    ...(revenueCapEurPerMonth !== undefined && { revenueCapEurPerMonth }),
    toy: deployment.engine.toy !== undefined,
  };
}

/** Code-point order, each name once: a certificate that was renewed is listed twice in the facts. */
function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
