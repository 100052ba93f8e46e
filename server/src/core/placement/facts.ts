import type { EngineAbility, EngineCapabilities } from '../engine/engine.ts';
import type { EngineLoad } from '../engine/load-signal.ts';
import type { DataClass } from '../policy/data-class.ts';

export type { DataClass } from '../policy/data-class.ts';

/** How well a fact is known: declared, signed by the site's key, TPM, confidential computing. */
export const evidenceTiers = ['T0', 'T1', 'T2', 'T3'] as const;

export type EvidenceTier = (typeof evidenceTiers)[number];

export type Provenance = 'measured' | 'apportioned' | 'modelled' | 'declared' | 'unknown';

export interface Fact<T> {
  readonly value: T;
  readonly tier: EvidenceTier;
  readonly source: string;
  /** ISO 8601. From this moment on the fact is unknown again. */
  readonly validUntil?: string;
}

export interface Figure extends Fact<number> {
  readonly provenance: Provenance;
}

interface Company {
  readonly name: string;
  readonly country: string;
}

/** A site and what is known about it. Each absent fact is unknown, and unknown denies. */
export interface SiteFacts {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly place: string;
  /** Degrees; absent when nobody said. */
  readonly latitude?: number;
  readonly longitude?: number;
  readonly simulated: boolean;
  /** The starter's machine before anyone said where it stands and who runs it. */
  readonly unclaimed: boolean;
  /** ISO 3166-1 alpha-2. */
  readonly country?: Fact<string>;
  readonly gridZone?: Fact<string>;
  readonly operator?: Fact<string>;
  /** The ultimate parent company: whose law can reach the operator. */
  readonly parent?: Fact<Company>;
  readonly certifications: readonly Fact<string>[];
  /** ISO 8601. Absent: in operation. */
  readonly opensAt?: Fact<string>;
  /** ISO 8601. Absent: no end is planned. */
  readonly closesAt?: Fact<string>;
  readonly powerLimitMw?: Figure;
  readonly gramsCo2PerKwh?: Figure;
  readonly eurPerMwh?: Figure;
  readonly pue?: Figure;
  readonly roundTripMs?: Figure;
}

interface LicenceFacts {
  /** SPDX identifier or the makers' name for it; `unknown` if nobody said. */
  readonly id: string;
  readonly nonCommercial?: boolean;
  /** No rights above this revenue of the whole group in a month. */
  readonly revenueCapEurPerMonth?: number;
}

/** A model version served by an engine at a site. */
export interface DeploymentFacts {
  readonly id: string;
  readonly model: string;
  readonly modelVersion: string;
  /** Digest of the weights; absent where a remote server does not show them. */
  readonly digest?: string;
  /** LoRA adapters beside the weights, by digest. */
  readonly adapters?: readonly { readonly digest: string; readonly scale: number }[];
  readonly licence: LicenceFacts;
  readonly siteId: string;
  readonly engine: {
    readonly id: string;
    readonly kind: string;
    readonly toy?: { readonly parameters: number };
  };
  /** Prompt and answer together; absent is unknown, then the engine itself decides. */
  readonly contextTokens?: number;
  /** How many calls it takes at once; absent is unknown. */
  readonly slots?: number;
  /** Absent until its engine was ready once; then nothing is held against it. */
  readonly capabilities?: EngineCapabilities;
  /** Energy at the plug for a thousand tokens, prompt and answer; absent is unknown. */
  readonly wattHoursPerThousandTokens?: Figure;
  readonly ready: boolean;
}

/** How much each criterion counts; only their ratio matters. */
export interface ScoreWeights {
  readonly carbon: number;
  readonly cost: number;
  readonly latency: number;
  readonly load: number;
}

/** Everything a decision needs to know about the world, content-addressed by `digestOf` its canonical JSON. */
export interface PlacementFacts {
  readonly sites: readonly SiteFacts[];
  readonly deployments: readonly DeploymentFacts[];
  readonly weights: ScoreWeights;
}

export interface PlacementRequest {
  readonly callId: string;
  readonly organisationId: string;
  readonly organisation: {
    readonly demonstration: boolean;
    /** Yearly revenue of the whole group; absent is unknown. */
    readonly revenueEur?: number;
  };
  readonly model: string;
  /** What the engine is asked for; absent: `chat`. */
  readonly ability?: EngineAbility;
  /** Absent is unclassified, which the starter policy refuses. */
  readonly dataClass?: DataClass;
  readonly purpose: string;
  readonly demonstration: boolean;
  readonly ingressSiteId: string;
  /** Where the process that handles the plaintext runs; absent: where it came in. */
  readonly workerSiteId?: string;
  readonly storageSiteIds: readonly string[];
  readonly backupSiteIds: readonly string[];
  readonly inputTokens?: number;
  readonly maxTokens?: number;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

/** What the deciding process saw at that moment; recorded with the decision, so that it can be replayed. */
export interface CallInputs {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Calls in flight by deployment; absent is none. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** By deployment; absent is closed. A deployment that just failed is passed as open, and the next one is decided. */
  readonly breakers: Readonly<Record<string, BreakerState>>;
  /** Calls that wait for a slot, by deployment; absent is none. Slots that are promised to them count as in flight. */
  readonly waiting?: Readonly<Record<string, number>>;
  /** What engines last said of their load, by deployment; absent is unknown. Counts calls of other gateways too. */
  readonly signals?: Readonly<Record<string, EngineLoad>>;
  /** By deployment: the share of this prompt, from its beginning, that it was sent before; absent is none. */
  readonly prefixHits?: Readonly<Record<string, number>>;
  /** Breaks ties. Any 32-bit integer. */
  readonly seed: number;
}

/** All that is kept of a decision: it replays bit for bit from this, the facts and the policy. */
export interface DecisionRecord {
  readonly request: PlacementRequest;
  readonly inputs: CallInputs;
  /** Digest of the facts snapshot. */
  readonly facts: string;
  /** Hash of the policy. */
  readonly policy: string;
}
