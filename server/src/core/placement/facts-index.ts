import type { PlaceFacts } from '../policy/judge.ts';
import type { DeploymentFacts, PlacementFacts, SiteFacts } from './facts.ts';
import { modelOf, placeOf } from './place.ts';

interface Span {
  readonly place: PlaceFacts;
  /** Milliseconds since 1970: the place is the same from here on … */
  readonly from: number;
  /** … and up to here, exclusively. */
  readonly until: number;
}

/**
 * One set of facts, arranged for many decisions. It knows nothing that the facts do not say: a decision with it and one
 * with a new index of the same facts are equal.
 */
export class FactsIndex {
  readonly #sites: ReadonlyMap<string, SiteFacts>;
  readonly #serving: ReadonlyMap<string, readonly DeploymentFacts[]>;
  /** By site, or by deployment where its model counts. */
  readonly #spans = new Map<string, Span>();

  constructor(facts: PlacementFacts) {
    this.#sites = new Map(facts.sites.map((site) => [site.id, site]));
    this.#serving = Map.groupBy(facts.deployments, ({ model }) => model);
  }

  site(id: string): SiteFacts | undefined {
    return this.#sites.get(id);
  }

  /** In the order of the facts. */
  serving(model: string): readonly DeploymentFacts[] {
    return this.#serving.get(model) ?? [];
  }

  /** As `placeOf`, and the same object until a date of the site passes: verdicts can be kept by it. */
  placeAt(site: SiteFacts, now: number, deployment?: DeploymentFacts): PlaceFacts {
    const id = deployment?.id ?? site.id;
    const known = this.#spans.get(id);
    if (known && known.from <= now && now < known.until) return known.place;
    const span = { place: placeOf(site, now, deployment && modelOf(deployment)), ...spanAround(site, now) };
    this.#spans.set(id, span);
    return span.place;
  }
}

/** Between which two of its dates a site is at a moment: what policy sees of it changes at these only. */
function spanAround(site: SiteFacts, now: number): Pick<Span, 'from' | 'until'> {
  const { country, operator, parent, certifications, opensAt, closesAt } = site;
  const dates = [
    ...[country, operator, parent, opensAt, ...certifications].map((fact) => fact?.validUntil),
    opensAt?.value,
    closesAt?.value,
  ].flatMap((date) => (date === undefined ? [] : [Date.parse(date)]));
  return {
    from: Math.max(-Infinity, ...dates.filter((date) => date <= now)),
    until: Math.min(Infinity, ...dates.filter((date) => date > now)),
  };
}
