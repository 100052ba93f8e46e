import type { PathRole, PlaceFacts } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import type { EvidenceTier, Provenance, SiteFacts } from './facts.ts';
import type { Placement } from './decide.ts';

/** Why a candidate cannot be used. `policy` refuses for good; the others say what is in the way now. */
export type ReasonCode =
  | 'policy'
  | 'site.unknown'
  | 'ability.missing'
  | 'engine.not_ready'
  | 'engine.breaker_open'
  | 'capacity.full'
  | 'context.overflow';

/** What the words of a reason are about; `explain` puts it into the reader's language. */
export interface ReasonSubject {
  readonly dataClass: string;
  readonly site?: SiteFacts;
  /** What policy saw of it. */
  readonly place?: PlaceFacts;
  readonly model?: string;
  readonly licence?: string;
  readonly ability?: string;
  readonly contextTokens?: number;
  readonly inputTokens?: number;
  readonly maxTokens?: number;
  readonly inFlight?: number;
  readonly slots?: number;
}

export interface Reason {
  readonly code: ReasonCode;
  readonly role?: PathRole;
  readonly siteId?: string;
  /** With `policy`: the rule that refuses. */
  readonly rule?: RuleRef;
  readonly subject: ReasonSubject;
}

export type CriterionName = 'carbon' | 'cost' | 'latency' | 'load';

/** One line of a score. */
export interface Criterion {
  readonly name: CriterionName;
  readonly weight: number;
  /** Absent when unknown. */
  readonly value?: number;
  readonly unit: 'g CO₂e/kWh' | 'EUR/MWh' | 'ms' | 'of slots in use';
  readonly provenance: Provenance;
  /** 0 is best, 1 is worst; an unknown figure is 1. */
  readonly share: number;
}

export interface PathPlace {
  readonly role: PathRole;
  readonly siteId: string;
  readonly site: string;
  readonly country: string | undefined;
  readonly simulated: boolean;
  /** Weakest evidence among the facts that policy relies on at this place. */
  readonly tier: EvidenceTier;
}

export interface Candidate {
  readonly deploymentId: string;
  readonly model: string;
  readonly site: {
    readonly id: string;
    readonly slug: string;
    readonly name: string;
    readonly country?: string;
    readonly simulated: boolean;
  };
  readonly verdict: 'chosen' | 'possible' | 'refused' | 'unavailable';
  /** Empty when possible. */
  readonly reasons: readonly Reason[];
  /** The rules that permit this path. */
  readonly allowedBy: readonly RuleRef[];
  /** Lower is better; absent unless possible. */
  readonly score?: number;
  readonly criteria: readonly Criterion[];
}

export type RefusalCode =
  | 'policy.denied'
  | 'model.unknown'
  | 'ability.missing'
  | 'context.overflow'
  | 'capacity.none';

export interface Refusal {
  readonly code: RefusalCode;
  /** HTTP: 403 by policy, 404 no such model, 400 too long, 503 permitted but not possible now. */
  readonly status: 400 | 403 | 404 | 503;
  readonly retryable: boolean;
  /** The rules that refused, each once; empty unless by policy. */
  readonly rules: readonly RuleRef[];
  /** What stood in the way on the path that came closest. */
  readonly reasons: readonly Reason[];
  readonly model: string;
  /** With `model.unknown`: names that exist; with `ability.missing`: those that can. */
  readonly nearest: readonly string[];
}

export type Decision =
  | { readonly outcome: 'placed'; readonly placement: Placement; readonly candidates: readonly Candidate[] }
  | { readonly outcome: 'refused'; readonly refusal: Refusal; readonly candidates: readonly Candidate[] };
