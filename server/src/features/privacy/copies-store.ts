import type { Localized, ResidualCopy, Unverifiable } from '@kulning/sdk';

import type { StoreName } from '../../platform/vault/store-name.ts';
import { certificateWords } from './erasure-words.ts';
import type { InWords, PrivacyStore } from './privacy-store.ts';

export interface CopiesStoreOptions {
  readonly name: StoreName;
  readonly description: Localized<string>;
  readonly method: Localized<string>;
  /** Copies that exist now: backups with their expiry. They hold ciphertext whose key dies with the epoch. */
  readonly copies: () => Promise<readonly Omit<InWords<ResidualCopy>, 'readable'>[]>;
  /** What becomes of the other content in copies that exist. */
  readonly consequence?: Localized<string>;
  /** What Kulning cannot see: remote engines, recipients, copies that somebody made. */
  readonly notVerifiable: (organisationId: string) => Promise<readonly InWords<Unverifiable>[]>;
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
          evidence: certificateWords.noCopyKnown,
        };
      return {
        readBack: 'residual',
        evidence: certificateWords.copiesUnreadable(copies.length),
      };
    },
    async outlook(organisationId) {
      const residualCopies = await unreadable();
      const { consequence } = options;
      return {
        residualCopies,
        notVerifiable: await options.notVerifiable(organisationId),
        consequences: residualCopies.length > 0 && consequence !== undefined ? [consequence] : [],
      };
    },
  };
}
