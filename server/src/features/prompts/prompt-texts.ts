import { KulningError, type PromptText } from '@kulning/sdk';

import type { Database } from '../../platform/postgres/database.ts';
import type { SealedRecord, Vault } from '../../platform/vault/vault.ts';
import { sealedText } from './prompt-store.ts';
import type { PromptTables } from './prompt-tables.ts';

const MOST_TEXTS = 1_000;

/** Texts of templates for a gateway's calls. */
export interface PromptTexts {
  /** Undefined where the text was erased. One query at the first use of a version, none after it. */
  text(organisationId: string, recordId: string): Promise<PromptText | undefined>;
}

/**
 * Holds texts sealed as they lie in the database: versions never change, and what an erasure destroys the key of cannot be
 * opened here either.
 */
export function createPromptTexts(
  database: Database<PromptTables>,
  vault: Pick<Vault, 'open' | 'load'>,
): PromptTexts {
  const kept = new Map<string, SealedRecord>();
  const read = async (organisationId: string, recordId: string) => {
    const sealed = await database.inOrganisation(organisationId, (trx) =>
      sealedText(trx, organisationId, recordId),
    );
    if (!sealed) return undefined;
    const [oldest] = kept.keys();
    if (kept.size >= MOST_TEXTS && oldest !== undefined) kept.delete(oldest);
    kept.set(recordId, sealed);
    return sealed;
  };
  return {
    async text(organisationId, recordId) {
      await vault.load(organisationId);
      const open = (sealed: SealedRecord) =>
        JSON.parse(Buffer.from(vault.open(organisationId, recordId, sealed)).toString()) as PromptText;
      const known = kept.get(recordId);
      try {
        const sealed = known ?? (await read(organisationId, recordId));
        return sealed && open(sealed);
      } catch (error) {
        if (!known || !(error instanceof KulningError && error.code === 'vault.key_destroyed')) throw error;
        // It was sealed anew, or redacted, in an erasure.
        kept.delete(recordId);
        const sealed = await read(organisationId, recordId);
        return sealed && open(sealed);
      }
    },
  };
}
