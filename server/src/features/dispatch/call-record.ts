import type { CallOutcomeName } from '@kulning/sdk';

import type { Commitments } from '../../core/ledger/leaf.ts';
import type { PathPlace } from '../../core/placement/decision.ts';
import type { DecisionRecord, DeploymentFacts, Provenance } from '../../core/placement/facts.ts';
import type { CallCharge } from '../limits/index.ts';

/** A sealed vault record in JSON: bytes as base64. One without content is its key alone, which is the call's salt. */
export interface SealedJson {
  readonly epoch: number;
  readonly wrappedKey: string;
  readonly nonce?: string;
  readonly ciphertext?: string;
  /** The content is the blob of this digest. */
  readonly blobDigest?: string;
}

export interface FigureJson {
  /** Null is unknown, never zero. */
  readonly value: number | null;
  readonly unit: 'Wh' | 'g';
  readonly provenance: Provenance;
  readonly method: string;
}

/** Where a call goes, and by which rules: one object for all calls that are placed alike. */
export interface CallRoute {
  /** Rules that allow the path, or that refuse it. */
  readonly rules: readonly string[];
  readonly placed?: {
    readonly siteId: string;
    readonly deploymentId: string;
    readonly engine: DeploymentFacts['engine'];
    readonly modelVersion: string;
    readonly digest?: string;
    readonly adapters?: NonNullable<DeploymentFacts['adapters']>;
    readonly path: readonly PathPlace[];
  };
}

/**
 * What is known once the decision fell. Durable before a byte leaves for the engine, so that no place ever received
 * data of which nothing is on record. Holds no content and no identifier of a person: blind indexes and a sealed salt.
 */
export interface CallIntent extends CallRoute {
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly keyId: string | null;
  /** The caller's own trace, as it came; absent where it came with none. */
  readonly traceparent?: string;
  readonly streamed: boolean;
  readonly decision: DecisionRecord;
  /** Absent where a refusal came before the body. */
  readonly commitments?: Omit<Commitments, 'response'>;
  /** The vault record of the call, whose key is the salt. */
  readonly sealed?: SealedJson;
  readonly subjects: readonly SubjectJson[];
  readonly handling?: CallHandling;
  /** Days that the vault record may stay; null: as long as the organisation's receipts. */
  readonly retentionDays: number | null;
}

/** The same before it is written. */
export interface BegunCall extends Omit<CallIntent, keyof CallRoute> {
  readonly route: CallRoute;
}

export interface SubjectJson {
  readonly index: string;
  readonly origin: 'named' | 'found';
  readonly strength: 'strong' | 'weak';
}

/** What guardrails found in one direction, by detector: what was done, how often. Never a value. */
export type GuardFound = Readonly<Record<string, { readonly did: string; readonly n: number }>>;

/** What was done with a call's content before it went on. Names, counts and digests. */
export interface CallHandling {
  /** Whether the answer was looked for among those that were given before, and whose it is. */
  readonly cache?:
    | { readonly state: 'miss' }
    | { readonly state: 'hit'; readonly from: string; readonly ageSeconds: number }
    | undefined;
  /** The prompt template that was filled. */
  readonly template?: { readonly id: string; readonly version: number; readonly digest: string };
  readonly guard?: {
    /** Digest of the rules. */
    readonly rules: string;
    readonly request: GuardFound;
    readonly answer?: GuardFound;
    /** Images, files and the like: nobody looked into them. */
    readonly notExamined?: number;
  };
}

/** How it ended. Durable before the last byte of the answer leaves. */
export interface CallSettlement {
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly outcome: CallOutcomeName;
  /** HTTP status that the caller sees. */
  readonly status: number;
  /** Why it was not answered, as a stable code. */
  readonly reason?: string;
  readonly tokens?: { readonly input: number; readonly output: number };
  /** What it counts for against limits; absent where nothing had been reserved. */
  readonly charge?: CallCharge;
  /** What guardrails found in the answer; absent where they have no rules for it. */
  readonly answerGuard?: GuardFound;
  readonly energy: FigureJson;
  readonly carbon: FigureJson;
  /** Over all bytes of the answer, as sent. */
  readonly response?: string;
  readonly firstByteMs?: number;
  readonly totalMs: number;
  readonly overheadMs: number;
  /** Prompt and answer, where the organisation keeps them; takes the place of the intent's record. */
  readonly content?: SealedJson;
  /** Persons found in them. */
  readonly subjects?: readonly SubjectJson[];
}

/** Where a call is settled: the spool in a gateway, the step's transaction in a worker. */
export interface SettlementSink {
  /**
   * Resolves when it is durable, and keeps room for the settlement.
   * @throws KulningError `spool.full`, `spool.unwritable`: nothing may be sent
   */
  intent(intent: BegunCall): Promise<void>;
  /** Resolves when it is durable. Once for each intent. */
  settle(settlement: CallSettlement): Promise<void>;
}
