import type { Scope } from '@kulning/sdk';
import { sql, type Transaction } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { AnyTransaction, Database } from '../../platform/postgres/database.ts';
import type { DispatchGround } from '../dispatch/index.ts';
import type { LimitFacts } from '../limits/index.ts';
import type { KeyContent } from './call-content.ts';
import type { SnapshotSource } from './snapshot-keeper.ts';
import type { GatewayKey, GatewayOrganisation, GatewayPlaces, Snapshot } from './snapshot.ts';

/** What other slices know and a snapshot holds, read in its transaction. */
export interface SnapshotReaders {
  readonly ground: (trx: AnyTransaction) => Promise<DispatchGround>;
  readonly places: (trx: AnyTransaction) => Promise<GatewayPlaces>;
  readonly limits: (trx: AnyTransaction) => Promise<LimitFacts>;
  /** What is to be done with the content of a key's calls. */
  readonly content: (
    trx: AnyTransaction,
  ) => Promise<(keyId: string, organisationId: string) => KeyContent | undefined>;
  readonly restricted: (trx: AnyTransaction) => Promise<Snapshot['restricted']>;
}

interface ControlTables {
  'kulning.control_version': { part: string; version: bigint };
  'kulning.organisation': {
    id: string;
    language: Language;
    demonstration: boolean;
    revenue_eur: string | null;
    retention_days: number | null;
  };
  'kulning.api_key': {
    id: string;
    organisation_id: string;
    hash: Buffer;
    scopes: Scope[];
    data_class: DataClass | null;
    purpose: string;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
}

const MAX_READINGS = 5;

/** Reads snapshots from the database and hears of changes on `kulning_control`. */
export function createSnapshotSource(database: Database, readers: SnapshotReaders): SnapshotSource {
  return {
    load: () =>
      database.withTables<ControlTables>().inInstance('gateway snapshot', async (trx) => {
        for (let reading = 0; reading < MAX_READINGS; reading++) {
          const before = await versionsOf(trx);
          const snapshot = await read(trx, readers);
          if ((await versionsOf(trx)) === before) return snapshot;
        }
        throw new Error('control data changed during each of several readings');
      }),
    watch: (changed) => database.listen('kulning_control', changed),
  };
}

/**
 * Every change of control data moves a version in its own transaction. Equal versions before and after mean that
 * nothing was committed in between, so statements that each saw their own moment saw the same data.
 */
async function versionsOf(trx: Transaction<ControlTables>): Promise<string> {
  const rows = await trx
    .selectFrom('kulning.control_version')
    .select(['part', 'version'])
    .orderBy('part')
    .execute();
  return rows.map(({ part, version }) => `${part}=${version}`).join();
}

async function read(trx: Transaction<ControlTables>, readers: SnapshotReaders): Promise<Snapshot> {
  const organisations = await trx
    .selectFrom('kulning.organisation')
    .select(['id', 'language', 'demonstration', 'revenue_eur', 'retention_days'])
    .execute();
  const keys = await trx
    .selectFrom('kulning.api_key')
    .select(['id', 'organisation_id', 'hash', 'scopes', 'data_class', 'purpose', 'expires_at'])
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]))
    .execute();
  const contentOf = await readers.content(trx);
  return {
    keys: new Map(
      keys.map((row): [string, GatewayKey] => [
        row.hash.toString('base64'),
        {
          id: row.id,
          organisationId: row.organisation_id,
          scopes: new Set(row.scopes),
          dataClass: row.data_class ?? undefined,
          purpose: row.purpose,
          expiresAt: row.expires_at?.getTime(),
          content: contentOf(row.id, row.organisation_id),
        },
      ]),
    ),
    organisations: new Map(
      organisations.map((row): [string, GatewayOrganisation] => [
        row.id,
        {
          id: row.id,
          language: row.language,
          demonstration: row.demonstration,
          revenueEur: row.revenue_eur === null ? undefined : Number(row.revenue_eur),
          retentionDays: row.retention_days ?? undefined,
        },
      ]),
    ),
    ground: await readers.ground(trx),
    places: await readers.places(trx),
    limits: await readers.limits(trx),
    restricted: await readers.restricted(trx),
  };
}
