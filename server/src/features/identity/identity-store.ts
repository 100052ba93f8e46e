import type { Role } from '@kulning/sdk';
import type { Insertable, Selectable, Transaction, Updateable } from 'kysely';
import { sql } from 'kysely';

import type {
  IdentityTables,
  KeyTable,
  OrganisationTable,
  SessionTable,
  UserTable,
} from './identity-tables.ts';

type Trx = Transaction<IdentityTables>;
export type OrganisationRow = Selectable<OrganisationTable>;
export type UserRow = Selectable<UserTable>;
export type KeyRow = Selectable<KeyTable>;
export interface MemberRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: Date;
}

const organisationColumns = [
  'id',
  'parent_id',
  'name',
  'language',
  'demonstration',
  'revenue_eur',
  'retention_days',
  'created_at',
] as const;
const userColumns = [
  'id',
  'email',
  'name',
  'language',
  'passphrase',
  'failed_logins',
  'locked_until',
  'created_at',
] as const;
const keyColumns = [
  'id',
  'organisation_id',
  'name',
  'hash',
  'prefix',
  'scopes',
  'data_class',
  'purpose',
  'created_by',
  'created_at',
  'expires_at',
  'revoked_at',
  'last_used_at',
] as const;

/** Control data changed: gateways load a new snapshot. */
export const bump = (trx: Trx, part: 'keys' | 'organisations') =>
  sql`select kulning.bump(${part})`.execute(trx);

export const instance = (trx: Trx) =>
  trx.selectFrom('kulning.instance').select(['id', 'claim_hash', 'claimed_at']).executeTakeFirst();
/** The instance's row, locked: two claims at once end with one winner. */
export const instanceForClaim = (trx: Trx) =>
  trx
    .selectFrom('kulning.instance')
    .select(['id', 'claim_hash', 'claimed_at'])
    .forUpdate()
    .executeTakeFirstOrThrow();
export const insertInstance = (trx: Trx, id: string, claimHash: Buffer, at: Date) =>
  trx
    .insertInto('kulning.instance')
    .values({ id, claim_hash: claimHash, created_at: at, claimed_at: null })
    .execute();
export const replaceClaimHash = (trx: Trx, claimHash: Buffer) =>
  trx.updateTable('kulning.instance').set({ claim_hash: claimHash }).execute();
export const markClaimed = (trx: Trx, at: Date) =>
  trx.updateTable('kulning.instance').set({ claim_hash: null, claimed_at: at }).execute();

export const insertOrganisation = (trx: Trx, row: Insertable<OrganisationTable>) =>
  trx.insertInto('kulning.organisation').values(row).returning(organisationColumns).executeTakeFirstOrThrow();
export const organisationById = (trx: Trx, id: string) =>
  trx.selectFrom('kulning.organisation').select(organisationColumns).where('id', '=', id).executeTakeFirst();
export const demonstrationOrganisation = (trx: Trx) =>
  trx
    .selectFrom('kulning.organisation')
    .select(organisationColumns)
    .where('demonstration', '=', true)
    .executeTakeFirst();
/** The organisation and its clients. */
export const organisationFamily = (trx: Trx, id: string) =>
  trx
    .selectFrom('kulning.organisation')
    .select(organisationColumns)
    .where((where) => where.or([where('id', '=', id), where('parent_id', '=', id)]))
    .orderBy('created_at')
    .execute();
export const updateOrganisation = (trx: Trx, id: string, change: Updateable<OrganisationTable>) =>
  trx
    .updateTable('kulning.organisation')
    .set(change)
    .where('id', '=', id)
    .returning(organisationColumns)
    .executeTakeFirstOrThrow();
/** Organisations a person may act in: those they belong to, and the clients of those they own or administer. */
export const organisationsOfUser = (trx: Trx, userId: string) =>
  trx
    .selectFrom('kulning.organisation as o')
    .innerJoin('kulning.membership as m', (join) =>
      join.on((on) =>
        on.or([
          on('m.organisation_id', '=', on.ref('o.id')),
          on.and([
            on('m.organisation_id', '=', on.ref('o.parent_id')),
            on('m.role', 'in', ['owner', 'admin']),
          ]),
        ]),
      ),
    )
    .where('m.user_id', '=', userId)
    .select(['o.id', 'o.parent_id', 'o.name', 'o.demonstration', 'm.role', 'm.organisation_id'])
    .orderBy('o.created_at')
    .execute();

export const insertUser = (trx: Trx, row: Insertable<UserTable>) =>
  trx.insertInto('kulning.app_user').values(row).execute();
export const userByEmail = (trx: Trx, email: string) =>
  trx
    .selectFrom('kulning.app_user')
    .select(userColumns)
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
export const userById = (trx: Trx, id: string) =>
  trx.selectFrom('kulning.app_user').select(userColumns).where('id', '=', id).executeTakeFirst();
export const recordLogin = (trx: Trx, id: string, failedLogins: number, lockedUntil: Date | null) =>
  trx
    .updateTable('kulning.app_user')
    .set({ failed_logins: failedLogins, locked_until: lockedUntil })
    .where('id', '=', id)
    .execute();

export const insertMembership = (trx: Trx, organisationId: string, userId: string, role: Role, at: Date) =>
  trx
    .insertInto('kulning.membership')
    .values({ organisation_id: organisationId, user_id: userId, role, created_at: at })
    .execute();
export const members = (trx: Trx, organisationId: string): Promise<MemberRow[]> =>
  trx
    .selectFrom('kulning.membership as m')
    .innerJoin('kulning.app_user as u', 'u.id', 'm.user_id')
    .where('m.organisation_id', '=', organisationId)
    .select(['u.id', 'u.email', 'u.name', 'm.role', 'm.created_at'])
    .orderBy('m.created_at')
    .execute();
export const setRole = (trx: Trx, organisationId: string, userId: string, role: Role) =>
  trx
    .updateTable('kulning.membership')
    .set({ role })
    .where('organisation_id', '=', organisationId)
    .where('user_id', '=', userId)
    .execute();
export const deleteMembership = (trx: Trx, organisationId: string, userId: string) =>
  trx
    .deleteFrom('kulning.membership')
    .where('organisation_id', '=', organisationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();

export const insertKey = (trx: Trx, row: Insertable<KeyTable>) =>
  trx.insertInto('kulning.api_key').values(row).returning(keyColumns).executeTakeFirstOrThrow();
export const keys = (trx: Trx, organisationId: string) =>
  trx
    .selectFrom('kulning.api_key')
    .select(keyColumns)
    .where('organisation_id', '=', organisationId)
    .orderBy('created_at', 'desc')
    .execute();
export const keyByHash = (trx: Trx, hash: Buffer) =>
  trx.selectFrom('kulning.api_key').select(keyColumns).where('hash', '=', hash).executeTakeFirst();
export const revokeKey = (trx: Trx, organisationId: string, id: string, at: Date) =>
  trx
    .updateTable('kulning.api_key')
    .set((set) => ({ revoked_at: set.fn.coalesce('revoked_at', set.val(at)) }))
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .returning(keyColumns)
    .executeTakeFirst();

export const insertSession = (trx: Trx, row: Insertable<SessionTable>) =>
  trx.insertInto('kulning.session').values(row).execute();
export const sessionByHash = (trx: Trx, hash: Buffer) =>
  trx
    .selectFrom('kulning.session')
    .select(['id', 'user_id', 'organisation_id', 'hash', 'created_at', 'expires_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
export const moveSession = (trx: Trx, hash: Buffer, organisationId: string) =>
  trx
    .updateTable('kulning.session')
    .set({ organisation_id: organisationId })
    .where('hash', '=', hash)
    .execute();
export const deleteSession = (trx: Trx, hash: Buffer) =>
  trx.deleteFrom('kulning.session').where('hash', '=', hash).executeTakeFirst();
export const deleteSessionsOfUser = (trx: Trx, userId: string) =>
  trx.deleteFrom('kulning.session').where('user_id', '=', userId).execute();
export const deleteExpiredSessions = (trx: Trx, now: Date) =>
  trx.deleteFrom('kulning.session').where('expires_at', '<', now).execute();
