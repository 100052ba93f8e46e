import type { DataClass } from './data-class.ts';
import type { RuleRef } from './rule.ts';

/** The places that a piece of work touches, in the order in which its data meets them. */
export const pathRoles = ['ingress', 'worker', 'storage', 'backup', 'engine'] as const;

export type PathRole = (typeof pathRoles)[number];

/** The work, as far as policy may look at it. */
export interface WorkFacts {
  readonly dataClass: DataClass | 'unclassified';
  /** A lower-case word that the API key carries: `support`, `research`; empty when nobody said. */
  readonly purpose: string;
  readonly demonstration: boolean;
  readonly organisation: {
    readonly id: string;
    readonly demonstration: boolean;
    /** Revenue of the whole group, a twelfth of the yearly figure, rounded up to a euro. Absent is unknown. */
    readonly revenueEurPerMonth?: number;
  };
}

/** The model that an engine serves, as far as policy may look at it. */
export interface ModelFacts {
  readonly name: string;
  /** SPDX identifier or the makers' name for it; `unknown` if nobody said. */
  readonly licence: string;
  readonly nonCommercial: boolean;
  readonly revenueCapEurPerMonth?: number;
  readonly toy: boolean;
}

export type SiteState = 'open' | 'not-open-yet' | 'closed';

/**
 * One place on a path at one moment. Time is already reduced to yes or no (open, expired), so equal facts always
 * get equal verdicts and a verdict can be kept for as long as its policy is.
 */
export interface PlaceFacts {
  /** The site's slug: rules can name a site. */
  readonly site: string;
  readonly simulated: boolean;
  readonly state: SiteState;
  /** The starter's machine, of which nobody has yet said where it stands. */
  readonly unclaimed: boolean;
  /** ISO 3166-1 alpha-2. A fact that is unknown or no longer valid is absent. */
  readonly country?: string;
  readonly inEea: boolean;
  readonly operator?: string;
  readonly parent?: string;
  readonly parentCountry?: string;
  readonly parentInEea: boolean;
  /** Names of valid certifications, sorted. */
  readonly certifications: readonly string[];
  /** Names of facts that were known once and are no longer valid, sorted: `country`. */
  readonly expiredFacts: readonly string[];
  readonly expiredCertifications: readonly string[];
  /** The weakest evidence among country, operator and parent: 0 declared … 3 confidential computing. */
  readonly tier: number;
  /** At the engine only. */
  readonly model?: ModelFacts;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The rules that permit it, or those that refuse it; never empty. */
  readonly rules: readonly RuleRef[];
}

/** A policy that can be asked about one place at a time. Pure: the same question always gets the same verdict. */
export interface PolicyJudge {
  /** `sha256:` and 64 hex digits of the policy's text. */
  readonly hash: string;
  judge(work: WorkFacts, place: PlaceFacts, role: PathRole): Verdict;
}
