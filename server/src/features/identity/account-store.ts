import type { PrivacyStore } from '../privacy/index.ts';
import { certificateWords, storeDescriptions } from '../privacy/index.ts';
import type { IdentityContext } from './identity-context.ts';
import { members } from './identity-store.ts';

/**
 * People who sign in. Their name and e-mail stand in clear, because they are the address book of those who run
 * Kulning, not content; an account is removed by a person, under Settings → Members, and never as a side effect.
 */
export function createAccountStore(context: IdentityContext): PrivacyStore {
  const accountsOf = (organisationId: string) =>
    context.inInstance('accounts of a person', (trx) => members(trx, organisationId));
  return {
    name: 'accounts',
    method: certificateWords.accountsMethod,
    describe: (language) => storeDescriptions.accounts[language],
    find: async (subject) => {
      const rows = await accountsOf(subject.organisationId);
      const wanted = new Set(subject.identifiers.map((text) => text.trim().toLowerCase()));
      return rows
        .filter(({ email, name }) => wanted.has(email.toLowerCase()) || wanted.has(name.toLowerCase()))
        .map((row) => ({
          recordId: row.id,
          store: 'accounts',
          createdAt: row.created_at,
          match: wanted.has(row.email.toLowerCase()) ? 'strong' : 'name',
          matchedIndexes: [...subject.indexes],
          otherIndexes: [],
          otherIdentifiers: [],
          contexts: [row.role],
          redaction: 'not-text',
        }));
    },
    export: async (subject, recordIds) => {
      const rows = await accountsOf(subject.organisationId);
      return rows
        .filter(({ id }) => recordIds.has(id))
        .map(({ id, email, name, role, created_at }) => ({
          recordId: id,
          store: 'accounts',
          createdAt: created_at.toISOString(),
          expiresAt: null,
          shared: false,
          content: { email, name, role },
        }));
    },
    erase: (_, plan) => Promise.resolve({ pending: plan.map(({ recordId }) => recordId) }),
    verify: async (subject, plan) => {
      const left = new Set((await accountsOf(subject.organisationId)).map(({ id }) => id));
      const remaining = plan.filter(({ recordId }) => left.has(recordId)).length;
      return remaining === 0
        ? { readBack: 'gone', evidence: certificateWords.accountsGone }
        : { readBack: 'pending', evidence: certificateWords.accountsRemain(remaining) };
    },
    outlook: () => Promise.resolve({ residualCopies: [], notVerifiable: [] }),
  };
}
