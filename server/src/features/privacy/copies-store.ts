import type { ResidualCopy, Unverifiable } from '@kulning/sdk';

import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Language, PrivacyStore } from './privacy-store.ts';

export interface CopiesStoreOptions {
  readonly name: StoreName;
  readonly description: Readonly<Record<Language, string>>;
  readonly method: string;
  /** Copies that exist now: backups with their expiry. They hold ciphertext whose key dies with the epoch. */
  readonly copies: () => Promise<readonly Omit<ResidualCopy, 'readable'>[]>;
  /** What becomes of the other content in copies that exist. */
  readonly consequence?: Readonly<Record<Language, string>>;
  /** What Kulning cannot see: remote engines, recipients, copies that somebody made. */
  readonly notVerifiable: (organisationId: string, language: Language) => Promise<readonly Unverifiable[]>;
}

/** A store that cannot be searched or changed: backups, and what left Kulning. It is listed, and said what it is. */
export function createCopiesStore(options: CopiesStoreOptions): PrivacyStore {
  const unreadable = async () => (await options.copies()).map((copy) => ({ ...copy, readable: false }));
  return {
    name: options.name,
    method: options.method,
    describe: (language) => options.description[language],
    find: async () => [],
    export: async () => [],
    erase: async () => ({ pending: [] }),
    async verify() {
      const copies = await unreadable();
      if (copies.length === 0)
        return {
          readBack: 'not-verifiable',
          evidence: 'Kulning knows of no copy; others cannot be looked into',
        };
      return {
        readBack: 'residual',
        evidence: `${copies.length} copies hold ciphertext; its key died with this erasure`,
      };
    },
    async outlook(organisationId, language) {
      const residualCopies = await unreadable();
      const { consequence } = options;
      return {
        residualCopies,
        notVerifiable: await options.notVerifiable(organisationId, language),
        consequences: residualCopies.length > 0 && consequence !== undefined ? [consequence[language]] : [],
      };
    },
  };
}
