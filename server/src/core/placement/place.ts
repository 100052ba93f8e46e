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
  const country = valid(site.country, now)?.value;
  const operator = valid(site.operator, now)?.value;
  const parent = valid(site.parent, now)?.value;
  const certified = site.certifications.filter((each) => isValid(each, now)).map(({ value }) => value);
  const lapsed = site.certifications.map(({ value }) => value).filter((name) => !certified.includes(name));
  const expired = (['country', 'operator', 'parent'] as const).filter(
    (name) => site[name] !== undefined && !isValid(site[name], now),
  );
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
    expiredFacts: expired,
    expiredCertifications: sorted(lapsed),
    tier: Math.min(tierOf(site.country), tierOf(site.operator), tierOf(site.parent)),
    ...(model && { model }),
  };
}

const valid = <T>(fact: Fact<T> | undefined, now: number) => (fact && isValid(fact, now) ? fact : undefined);

const tierOf = (fact: Fact<unknown> | undefined) => (fact ? evidenceTiers.indexOf(fact.tier) : 0);

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
  return names.length === 0 ? [] : [...new Set(names)].sort();
}
