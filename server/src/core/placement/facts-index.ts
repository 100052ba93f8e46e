import type { PlaceFacts, WorkFacts } from '../policy/judge.ts';
import type { DeploymentFacts, PlacementFacts, SiteFacts } from './facts.ts';
import type { Judged } from './feasible.ts';
import { modelOf, placeOf } from './place.ts';

/** What policy said of one kind of work, filled in as it is asked. */
export interface Standing {
  readonly work: WorkFacts;
  /** At the places that every candidate shares. */
  shared?: Judged;
  /** At those and at the engine, by deployment. */
  readonly paths: Map<string, Judged>;
}

/** Kinds of work remembered before it starts anew. */
const MOST_STANDINGS = 2_000;

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
  readonly #dates: readonly number[];
  /** The time between two dates of any site, and what was said in it. */
  #era = { from: 0, until: 0 };
  readonly #standings = new Map<string, Standing>();

  constructor(facts: PlacementFacts) {
    this.#sites = new Map(facts.sites.map((site) => [site.id, site]));
    this.#serving = Map.groupBy(facts.deployments, ({ model }) => model);
    this.#dates = facts.sites.flatMap(datesOf);
  }

  site(id: string): SiteFacts | undefined {
    return this.#sites.get(id);
  }

  /** In the order of the facts. */
  serving(model: string): readonly DeploymentFacts[] {
    return this.#serving.get(model) ?? [];
  }

  /**
   * What was said of this kind of work since a date of a site last passed: until the next one policy sees the same, and
   * says the same.
   * @param kind all that policy looks at, and the policy, written out
   */
  standing(kind: string, now: number, workOf: () => WorkFacts): Standing {
    const { from, until } = this.#era;
    if (now < from || now >= until || this.#standings.size >= MOST_STANDINGS) {
      this.#standings.clear();
      this.#era = around(this.#dates, now);
    }
    let standing = this.#standings.get(kind);
    if (!standing) this.#standings.set(kind, (standing = { work: workOf(), paths: new Map() }));
    return standing;
  }

  /** As `placeOf`, and the same object until a date of the site passes: verdicts can be kept by it. */
  placeAt(site: SiteFacts, now: number, deployment?: DeploymentFacts): PlaceFacts {
    const id = deployment?.id ?? site.id;
    const known = this.#spans.get(id);
    if (known && known.from <= now && now < known.until) return known.place;
    const span = {
      place: placeOf(site, now, deployment && modelOf(deployment)),
      ...around(datesOf(site), now),
    };
    this.#spans.set(id, span);
    return span.place;
  }
}

/** What policy sees of a site changes at these only. Milliseconds since 1970. */
function datesOf({ country, operator, parent, certifications, opensAt, closesAt }: SiteFacts): number[] {
  return [
    ...[country, operator, parent, opensAt, ...certifications].map((fact) => fact?.validUntil),
    opensAt?.value,
    closesAt?.value,
  ].flatMap((date) => (date === undefined ? [] : [Date.parse(date)]));
}

/** Between which two dates a moment is. */
function around(dates: readonly number[], now: number): Pick<Span, 'from' | 'until'> {
  return {
    from: Math.max(-Infinity, ...dates.filter((date) => date <= now)),
    until: Math.min(Infinity, ...dates.filter((date) => date > now)),
  };
}
