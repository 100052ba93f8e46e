import type { TeamView } from '@kulning/sdk';
import { sql } from 'kysely';

import type { LimitTransaction } from './limit-context.ts';

export async function teams(trx: LimitTransaction, organisationId: string): Promise<TeamView[]> {
  const { rows } = await sql<{ id: string; name: string; keys: string[]; users: string[]; created_at: Date }>`
    select id, name, created_at,
      array(select key_id from kulning.team_key where team_id = team.id order by key_id) as keys,
      array(select user_id from kulning.team_member where team_id = team.id order by user_id) as users
    from kulning.team where organisation_id = ${organisationId} order by name
  `.execute(trx);
  return rows.map(({ id, name, keys, users, created_at }) => ({
    id,
    name,
    keyIds: keys,
    userIds: users,
    createdAt: created_at.toISOString(),
  }));
}

export const insertTeam = (
  trx: LimitTransaction,
  team: { id: string; organisationId: string; name: string; createdAt: Date },
) =>
  trx
    .insertInto('kulning.team')
    .values({
      id: team.id,
      organisation_id: team.organisationId,
      name: team.name,
      created_at: team.createdAt,
    })
    .execute();

export const renameTeam = (trx: LimitTransaction, organisationId: string, id: string, name: string) =>
  trx
    .updateTable('kulning.team')
    .set({ name })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();

export async function deleteTeam(trx: LimitTransaction, organisationId: string, id: string): Promise<void> {
  await trx
    .deleteFrom('kulning.usage_limit')
    .where('level', '=', 'team')
    .where('scope_id', '=', id)
    .execute();
  await trx
    .deleteFrom('kulning.team')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute();
}

/** @returns those that belong to the organisation; a key leaves the team that it was in */
export async function replaceKeys(
  trx: LimitTransaction,
  organisationId: string,
  teamId: string,
  keyIds: readonly string[],
): Promise<string[]> {
  await trx.deleteFrom('kulning.team_key').where('team_id', '=', teamId).execute();
  const { rows } = await sql<{ id: string }>`
    insert into kulning.team_key (key_id, organisation_id, team_id)
    select id, organisation_id, ${teamId} from kulning.api_key
    where organisation_id = ${organisationId} and id = any(${keyIds}::text[])
    on conflict (key_id) do update set team_id = excluded.team_id returning key_id as id
  `.execute(trx);
  return rows.map(({ id }) => id);
}

/** @returns those that belong to the organisation */
export async function replaceMembers(
  trx: LimitTransaction,
  organisationId: string,
  teamId: string,
  userIds: readonly string[],
): Promise<string[]> {
  await trx.deleteFrom('kulning.team_member').where('team_id', '=', teamId).execute();
  const { rows } = await sql<{ id: string }>`
    insert into kulning.team_member (team_id, organisation_id, user_id)
    select ${teamId}, organisation_id, user_id from kulning.membership
    where organisation_id = ${organisationId} and user_id = any(${userIds}::text[])
    on conflict do nothing returning user_id as id
  `.execute(trx);
  return rows.map(({ id }) => id);
}
