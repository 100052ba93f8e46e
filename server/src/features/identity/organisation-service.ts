import {
  KulningError,
  type HandlerInput,
  type identityOperations,
  type OperationResult,
  type Role,
} from '@kulning/sdk';
import type { Transaction } from 'kysely';

import { isoTime, type IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import type { IdentityTables } from './identity-tables.ts';
import { viewMember, viewOrganisation } from './identity-views.ts';
import { hashPassphrase } from './passphrase.ts';

type Organisation = OperationResult<typeof identityOperations.updateOrganisation>;
type Member = OperationResult<typeof identityOperations.addMember>;
type Change = HandlerInput<typeof identityOperations.updateOrganisation>['body'];
type NewMember = HandlerInput<typeof identityOperations.addMember>['body'];

export interface OrganisationService {
  list(organisationId: string): Promise<Organisation[]>;
  /** A client organisation under this one. */
  create(
    parentId: string,
    request: { name: string; language: Organisation['language'] },
  ): Promise<Organisation>;
  update(organisationId: string, change: Change): Promise<Organisation>;
  members(organisationId: string): Promise<Member[]>;
  /** @throws KulningError `member.exists`, `member.owner_only` */
  addMember(organisationId: string, actorRole: Role | 'instance', request: NewMember): Promise<Member>;
  /** @throws KulningError `member.unknown`, `member.last_owner`, `member.owner_only` */
  changeMember(
    organisationId: string,
    actorUserId: string | undefined,
    userId: string,
    role: Role,
  ): Promise<Member>;
  removeMember(organisationId: string, actorUserId: string | undefined, userId: string): Promise<void>;
  /** The sample company: labelled a demonstration, so that simulated sites may serve it. */
  ensureDemonstration(name: string): Promise<string>;
}

export function createOrganisationService(context: IdentityContext): OrganisationService {
  const { clock, ids } = context;
  const newOrganisation = (
    trx: Transaction<IdentityTables>,
    row: {
      parent_id: string | null;
      name: string;
      language: Organisation['language'];
      demonstration?: boolean;
    },
  ) =>
    store.insertOrganisation(trx, {
      id: ids.next('org'),
      retention_days: null,
      created_at: new Date(clock.now()),
      ...row,
    });

  return {
    list: async (organisationId) =>
      (
        await context.inOrganisation(organisationId, (trx) => store.organisationFamily(trx, organisationId))
      ).map(viewOrganisation),
    create: (parentId, request) =>
      context.inOrganisation(parentId, async (trx) => {
        const row = await newOrganisation(trx, { parent_id: parentId, ...request });
        await store.bump(trx, 'organisations');
        await context.record(trx, {
          kind: 'organisation.created',
          at: isoTime(clock),
          organisation: parentId,
          body: { client: row.id },
        });
        return viewOrganisation(row);
      }),
    update: (organisationId, change) =>
      context.inOrganisation(organisationId, async (trx) => {
        const row = await store.updateOrganisation(trx, organisationId, {
          ...(change.name !== undefined && { name: change.name }),
          ...(change.language !== undefined && { language: change.language }),
          ...(change.revenueEur !== undefined && { revenue_eur: change.revenueEur }),
          ...(change.retentionDays !== undefined && { retention_days: change.retentionDays }),
        });
        await store.bump(trx, 'organisations');
        await context.record(trx, {
          kind: 'organisation.changed',
          at: isoTime(clock),
          organisation: organisationId,
          body: { retentionDays: row.retention_days },
        });
        return viewOrganisation(row);
      }),
    members: async (organisationId) =>
      (await context.inInstance('list members', (trx) => store.members(trx, organisationId))).map(viewMember),
    addMember: (organisationId, actorRole, request) => addMember(context, organisationId, actorRole, request),
    changeMember: (organisationId, actorUserId, userId, role) =>
      context.inInstance('change a member', async (trx) => {
        const { member, all } = await memberToChange(trx, organisationId, actorUserId, userId, role);
        if (member.role === 'owner' && role !== 'owner') keepAnOwner(all, userId);
        await store.setRole(trx, organisationId, userId, role);
        await context.record(trx, {
          kind: 'member.changed',
          at: isoTime(clock),
          organisation: organisationId,
          body: { from: member.role, to: role },
        });
        return { ...viewMember(member), role };
      }),
    removeMember: (organisationId, actorUserId, userId) =>
      context.inInstance('remove a member', async (trx) => {
        const { member, all } = await memberToChange(trx, organisationId, actorUserId, userId);
        if (member.role === 'owner') keepAnOwner(all, userId);
        await store.deleteMembership(trx, organisationId, userId);
        await store.deleteSessionsOfUser(trx, userId);
        await context.record(trx, {
          kind: 'member.removed',
          at: isoTime(clock),
          organisation: organisationId,
          body: { role: member.role },
        });
      }),
    ensureDemonstration: (name) =>
      context.inInstance('sample company', async (trx) => {
        const found = await store.demonstrationOrganisation(trx);
        if (found) return found.id;
        const row = await newOrganisation(trx, {
          parent_id: null,
          name,
          language: 'en',
          demonstration: true,
        });
        await store.bump(trx, 'organisations');
        return row.id;
      }),
  };
}

async function addMember(
  context: IdentityContext,
  organisationId: string,
  actorRole: Role | 'instance',
  request: NewMember,
): Promise<Member> {
  if (request.role === 'owner' && actorRole !== 'owner' && actorRole !== 'instance') throw ownerOnly();
  const passphrase = await hashPassphrase(request.passphrase);
  return context.inInstance('add a member', async (trx) => {
    const at = new Date(context.clock.now());
    const found = await store.userByEmail(trx, request.email);
    const all = await store.members(trx, organisationId);
    if (found && all.some(({ id }) => id === found.id)) {
      throw new KulningError({
        code: 'member.exists',
        status: 409,
        message: 'This person is a member already.',
        hint: 'Change their role instead.',
      });
    }
    const userId = found?.id ?? context.ids.next('user');
    if (!found)
      await store.insertUser(trx, {
        id: userId,
        email: request.email,
        name: request.name,
        language: 'en',
        passphrase,
        created_at: at,
      });
    await store.insertMembership(trx, organisationId, userId, request.role, at);
    await context.record(trx, {
      kind: 'member.added',
      at: isoTime(context.clock),
      organisation: organisationId,
      body: { role: request.role },
    });
    return {
      userId,
      email: request.email,
      name: found?.name ?? request.name,
      role: request.role,
      since: at.toISOString(),
    };
  });
}

async function memberToChange(
  trx: Transaction<IdentityTables>,
  organisationId: string,
  actorUserId: string | undefined,
  userId: string,
  role?: Role,
) {
  const all = await store.members(trx, organisationId);
  const member = all.find(({ id }) => id === userId);
  if (!member)
    throw new KulningError({ code: 'member.unknown', status: 404, message: 'There is no such member here.' });
  const actorIsOwner = all.some(({ id, role: held }) => id === actorUserId && held === 'owner');
  if ((member.role === 'owner' || role === 'owner') && !actorIsOwner) throw ownerOnly();
  return { member, all };
}

function keepAnOwner(all: readonly store.MemberRow[], leavingId: string): void {
  if (all.some(({ id, role }) => role === 'owner' && id !== leavingId)) return;
  throw new KulningError({
    code: 'member.last_owner',
    status: 409,
    message: 'An organisation keeps at least one owner.',
    hint: 'Make somebody else owner first.',
  });
}

const ownerOnly = () =>
  new KulningError({
    code: 'member.owner_only',
    status: 403,
    message: 'Only an owner makes, changes or removes an owner.',
  });
