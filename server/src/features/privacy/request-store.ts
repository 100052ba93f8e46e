import { certificateWords } from './erasure-words.ts';
import type { PrivacyStore } from './privacy-store.ts';
import { storeDescriptions } from './privacy-words.ts';

/**
 * Requests for erasure name the person, so they are a store too. They are not searched: each is sealed under the
 * epoch that dies with it, which no other record survives under, and its row goes when it is done.
 */
export function createRequestStore(): PrivacyStore {
  return {
    name: 'erasures',
    method: certificateWords.requestMethod,
    describe: (language) => storeDescriptions.erasures[language],
    find: () => Promise.resolve([]),
    export: () => Promise.resolve([]),
    erase: () => Promise.resolve({ pending: [] }),
    verify: () =>
      Promise.resolve({
        readBack: 'unreadable',
        evidence: certificateWords.requestEvidence,
      }),
    outlook: () => Promise.resolve({ residualCopies: [], notVerifiable: [] }),
  };
}
