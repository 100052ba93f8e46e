import type { Database } from '../../platform/postgres/database.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { Detector } from '../../core/guard/detector.ts';
import { namedSubjects } from './guard-store.ts';
import type { GuardTables } from './guard-tables.ts';
import { knownSubjectDetector } from './known-subject-detector.ts';

/** Of one organisation; at 50 bytes each it is what a gateway can hold for many. */
const MOST_SUBJECTS = 100_000;

export interface KnownSubjects {
  detectorFor(organisationId: string): Detector;
  /** Reads the persons of these organisations, and forgets those of others. */
  refresh(organisationIds: ReadonlySet<string>): Promise<void>;
}

/** Persons whom callers named, as blind indexes in memory: no query on the way of a call. */
export function createKnownSubjects(
  database: Database<GuardTables>,
  vault: Pick<Vault, 'blindIndex'>,
): KnownSubjects {
  const known = new Map<string, ReadonlySet<string>>();
  return {
    detectorFor: (organisationId) =>
      knownSubjectDetector(
        (identifier) => known.get(organisationId)?.has(vault.blindIndex(organisationId, identifier)) === true,
      ),
    async refresh(organisationIds) {
      for (const organisationId of known.keys())
        if (!organisationIds.has(organisationId)) known.delete(organisationId);
      for (const organisationId of organisationIds) {
        const indexes = await database.inOrganisation(organisationId, (trx) =>
          namedSubjects(trx, organisationId, MOST_SUBJECTS),
        );
        known.set(organisationId, new Set(indexes));
      }
    },
  };
}
