import type { TeamView } from '@kulning/sdk';

import { isoNow, type LimitContext, type LimitTransaction } from './limit-context.ts';
import { strangerInTeam, teamNameTaken, unknownTeam } from './limit-errors.ts';
import { bump } from './limit-store.ts';
import * as store from './team-store.ts';

export interface TeamChange {
  readonly name?: string | undefined;
  readonly keyIds?: readonly string[] | undefined;
  readonly userIds?: readonly string[] | undefined;
}

export const listTeams = ({ database }: LimitContext, organisationId: string): Promise<TeamView[]> =>
  database.inOrganisation(organisationId, (trx) => store.teams(trx, organisationId));

export function createTeam(context: LimitContext, organisationId: string, name: string): Promise<TeamView> {
  return changing(context, organisationId, 'team.created', async (trx) => {
    await requireFreeName(trx, organisationId, name);
    const id = context.ids.next('team');
    await store.insertTeam(trx, { id, organisationId, name, createdAt: new Date(context.clock.now()) });
    return id;
  });
}

/** @throws KulningError `team.unknown`, `team.name_taken`, `team.member_unknown` */
export function changeTeam(
  context: LimitContext,
  organisationId: string,
  teamId: string,
  { name, keyIds, userIds }: TeamChange,
): Promise<TeamView> {
  return changing(context, organisationId, 'team.changed', async (trx) => {
    const team = await find(trx, organisationId, teamId);
    if (name !== undefined && name !== team.name) {
      await requireFreeName(trx, organisationId, name);
      await store.renameTeam(trx, organisationId, teamId, name);
    }
    if (keyIds) requireAll(keyIds, await store.replaceKeys(trx, organisationId, teamId, keyIds));
    if (userIds) requireAll(userIds, await store.replaceMembers(trx, organisationId, teamId, userIds));
    return teamId;
  });
}

export function removeTeam(
  context: LimitContext,
  organisationId: string,
  teamId: string,
): Promise<{ removed: string }> {
  return context.database.inOrganisation(organisationId, async (trx) => {
    await find(trx, organisationId, teamId);
    await store.deleteTeam(trx, organisationId, teamId);
    await bump(trx);
    const at = isoNow(context.clock);
    await context.record(trx, {
      kind: 'team.removed',
      at,
      organisation: organisationId,
      body: { team: teamId },
    });
    return { removed: teamId };
  });
}

function changing(
  context: LimitContext,
  organisationId: string,
  kind: string,
  work: (trx: LimitTransaction) => Promise<string>,
): Promise<TeamView> {
  return context.database.inOrganisation(organisationId, async (trx) => {
    const team = await work(trx);
    await bump(trx);
    await context.record(trx, {
      kind,
      at: isoNow(context.clock),
      organisation: organisationId,
      body: { team },
    });
    return find(trx, organisationId, team);
  });
}

async function find(trx: LimitTransaction, organisationId: string, teamId: string): Promise<TeamView> {
  const team = (await store.teams(trx, organisationId)).find(({ id }) => id === teamId);
  if (!team) throw unknownTeam(teamId);
  return team;
}

async function requireFreeName(trx: LimitTransaction, organisationId: string, name: string): Promise<void> {
  if ((await store.teams(trx, organisationId)).some((team) => team.name === name)) throw teamNameTaken(name);
}

function requireAll(asked: readonly string[], found: readonly string[]): void {
  const missing = asked.find((id) => !found.includes(id));
  if (missing !== undefined) throw strangerInTeam(missing);
}
