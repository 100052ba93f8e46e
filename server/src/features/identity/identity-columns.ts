import type { ColumnDeclarations } from '../../platform/vault/column-declaration.ts';

/** Accounts of people who work with Kulning lie in clear: they must be found by e-mail at login. */
export const columns: ColumnDeclarations = {
  'kulning.organisation': { identifier: ['id', 'parent_id'], metadata: ['name', 'language'] },
  'kulning.app_user': {
    identifier: ['id'],
    metadata: ['language', 'passphrase'],
    personal: { accounts: ['email', 'name'] },
  },
  'kulning.membership': { identifier: ['organisation_id', 'user_id'], metadata: ['role'] },
  'kulning.api_key': {
    identifier: ['id', 'organisation_id', 'hash', 'prefix', 'created_by'],
    metadata: ['name', 'scopes', 'data_class', 'purpose'],
  },
  'kulning.session': { identifier: ['id', 'hash', 'user_id', 'organisation_id'] },
  'kulning.instance': { identifier: ['id', 'claim_hash'] },
};
