import type { Clock } from '../../core/clock.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import type {
  DecisionRecord,
  DeploymentFacts,
  PlacementRequest,
  SiteFacts,
} from '../../core/placement/facts.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { Cedar } from './cedar-judge.ts';
import type { PlacementTables } from './placement-tables.ts';

/** What placement needs from the rest of Kulning. */
export interface PlacementContext {
  readonly database: Database<PlacementTables>;
  readonly clock: Clock;
  sites(trx: AnyTransaction): Promise<readonly SiteFacts[]>;
  deployments(trx: AnyTransaction): Promise<readonly DeploymentFacts[]>;
  /** What a call of this organisation would bring along, and the places it would touch besides the engine's. */
  callerFacts(
    trx: AnyTransaction,
    organisationId: string,
  ): Promise<
    Pick<
      PlacementRequest,
      'organisation' | 'ingressSiteId' | 'workerSiteId' | 'storageSiteIds' | 'backupSiteIds'
    >
  >;
  /** What was recorded when a call was decided; undefined for a call that this organisation does not have. */
  decisionOf(organisationId: string, callId: string): Promise<DecisionRecord | undefined>;
  /** Writes to the ledger in the transaction of the change. */
  record(trx: AnyTransaction, event: LedgerEvent): Promise<unknown>;
}

export interface PlacementParts extends PlacementContext {
  readonly cedar: Cedar;
}
