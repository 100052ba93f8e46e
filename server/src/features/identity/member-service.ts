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
import { viewMember } from './identity-views.ts';
import { identityWords } from './identity-words.ts';
import { hashPassphrase } from './passphrase.ts';

type Member = OperationResult<typeof identityOperations.addMember>;
type NewMember = HandlerInput<typeof identityOperations.addMember>['body'];

/** Who acts on members, and where. A key acts for no person, and so is never an owner. */
interface Actor {
  readonly organisationId: string;
  readonly userId: string | undefined;
}

export async function listMembers(context: IdentityContext, organisationId: string): Promise<Member[]> {
  const rows = await context.inInstance('list members', (trx) => store.members(trx, organisationId));
  return rows.map(viewMember);
}

/** @throws KulningError `member.exists`, `member.owner_only` */
export async function addMember(context: IdentityContext, actor: Actor, request: NewMember): Promise<Member> {
  const passphrase = await hashPassphrase(request.passphrase);
  return context.inInstance('add a member', async (trx) => {
    const all = await store.members(trx, actor.organisationId);
    if (request.role === 'owner') onlyOwner(all, actor);
    const found = await store.userByEmail(trx, request.email);
    if (found && all.some(({ id }) => id === found.id)) {
      throw new KulningError({
        code: 'member.exists',
        status: 409,
        text: identityWords.memberExists,
      });
    }
    const created_at = new Date(context.clock.now());
    const id = found?.id ?? context.ids.next('user');
    const name = found?.name ?? request.name;
    if (!found)
      await store.insertUser(trx, { id, email: request.email, name, language: 'en', passphrase, created_at });
    await store.insertMembership(trx, actor.organisationId, id, request.role, created_at);
    await record(context, trx, actor, 'member.added', { role: request.role });
    return viewMember({ id, email: request.email, name, role: request.role, created_at });
  });
}

/** @throws KulningError `member.unknown`, `member.last_owner`, `member.owner_only` */
export function changeMember(
  context: IdentityContext,
  actor: Actor,
  userId: string,
  role: Role,
): Promise<Member> {
  return context.inInstance('change a member', async (trx) => {
    const member = await memberFor(trx, actor, userId, role);
    await store.setRole(trx, actor.organisationId, userId, role);
    await record(context, trx, actor, 'member.changed', { from: member.role, to: role });
    return viewMember({ ...member, role });
  });
}

/** Ends their sessions too. @throws KulningError `member.unknown`, `member.last_owner`, `member.owner_only` */
export function removeMember(context: IdentityContext, actor: Actor, userId: string): Promise<void> {
  return context.inInstance('remove a member', async (trx) => {
    const member = await memberFor(trx, actor, userId, undefined);
    await store.deleteMembership(trx, actor.organisationId, userId);
    await store.deleteSessionsOfUser(trx, userId);
    await record(context, trx, actor, 'member.removed', { role: member.role });
  });
}

/** The member that is to get `role` or, without one, to leave; checked for who may do that. */
async function memberFor(
  trx: Transaction<IdentityTables>,
  actor: Actor,
  userId: string,
  role: Role | undefined,
) {
  const all = await store.members(trx, actor.organisationId);
  const member = all.find(({ id }) => id === userId);
  if (!member)
    throw new KulningError({ code: 'member.unknown', status: 404, text: identityWords.memberUnknown });
  if (member.role === 'owner' || role === 'owner') onlyOwner(all, actor);
  const ownersLeft = all.some(({ id, role: held }) => held === 'owner' && id !== userId);
  if (member.role === 'owner' && role !== 'owner' && !ownersLeft) {
    throw new KulningError({
      code: 'member.last_owner',
      status: 409,
      text: identityWords.lastOwner,
    });
  }
  return member;
}

function onlyOwner(all: readonly store.MemberRow[], actor: Actor): void {
  if (all.some(({ id, role }) => id === actor.userId && role === 'owner')) return;
  throw new KulningError({
    code: 'member.owner_only',
    status: 403,
    text: identityWords.ownerOnly,
  });
}

function record(
  context: IdentityContext,
  trx: Transaction<IdentityTables>,
  actor: Actor,
  kind: string,
  body: Record<string, string>,
) {
  return context.record(trx, { kind, at: isoTime(context.clock), organisation: actor.organisationId, body });
}
