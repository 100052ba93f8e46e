import {
  instanceWideScopes,
  KulningError,
  type Language,
  type Localized,
  type Notice,
  type Role,
  type Scope,
  scopesOfRole,
} from '@kulning/sdk';
import type { Transaction } from 'kysely';

import type { Caller } from '../../platform/http/route.ts';
import type { IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import type { IdentityTables } from './identity-tables.ts';
import { viewMe, type Me } from './identity-views.ts';
import { identityWords } from './identity-words.ts';
import { passphraseMatches } from './passphrase.ts';
import { createToken, hashToken } from './secret-token.ts';

/** A working day; then one signs in again. */
const sessionMs = 12 * 3_600_000;
/** Ten wrong passphrases lock an account for five minutes: slow for a guesser, bearable for a person. */
const lock = { after: 10, ms: 5 * 60_000 };
/** Compared when the e-mail is unknown, so that a stranger cannot tell by the time it takes. */
const nobody = `scrypt$65536$8$1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;

export const stranger = (language: Language): Caller => ({
  kind: 'stranger',
  userId: undefined,
  keyId: undefined,
  organisationId: undefined,
  scopes: new Set(),
  language,
});

/** @returns the session's secret @throws KulningError `auth.wrong_login`, `auth.locked`, `auth.no_organisation` */
export async function login(context: IdentityContext, email: string, passphrase: string): Promise<string> {
  const user = await context.inInstance('login', (trx) => store.userByEmail(trx, email));
  const matches = await passphraseMatches(passphrase, user?.passphrase ?? nobody);
  if (user?.locked_until && user.locked_until.getTime() > context.clock.now()) {
    throw new KulningError({
      code: 'auth.locked',
      status: 429,
      text: identityWords.accountLocked,
      retryable: true,
    });
  }
  if (!user || !matches) {
    if (user) await noteFailure(context, user);
    throw new KulningError({
      code: 'auth.wrong_login',
      status: 401,
      text: identityWords.wrongLogin,
    });
  }
  return context.inInstance('login', async (trx) => {
    await store.recordLogin(trx, user.id, 0, null);
    await store.deleteExpiredSessions(trx, new Date(context.clock.now()));
    const organisations = await store.organisationsOfUser(trx, user.id);
    const home = organisations.find(({ demonstration }) => !demonstration) ?? organisations[0];
    if (!home) {
      throw new KulningError({
        code: 'auth.no_organisation',
        status: 403,
        text: identityWords.noOrganisation,
      });
    }
    return insertSession(context, trx, user.id, home.id);
  });
}

export function openSession(
  context: IdentityContext,
  userId: string,
  organisationId: string,
): Promise<string> {
  return context.inInstance('open a session', (trx) => insertSession(context, trx, userId, organisationId));
}

export function logout(context: IdentityContext, secret: string): Promise<boolean> {
  return context.inInstance('logout', async (trx) => {
    const { numDeletedRows } = await store.deleteSession(trx, hashToken(secret));
    return numDeletedRows > 0n;
  });
}

/** @throws KulningError `organisation.unknown`: also for one that exists, but not for this person */
export function switchTo(
  context: IdentityContext,
  secret: string,
  userId: string,
  organisationId: string,
): Promise<void> {
  return context.inInstance('switch organisation', async (trx) => {
    if (!(await roleIn(trx, userId, organisationId))) throw organisationUnknown();
    await store.moveSession(trx, hashToken(secret), organisationId);
  });
}

/** @param asked the language that the request asks for; else the user's own */
export function callerOfSession(
  context: IdentityContext,
  secret: string,
  asked: Language | undefined,
  byDefault: Language = 'en',
): Promise<Caller> {
  return context.inInstance('identify a session', async (trx) => {
    const session = await store.sessionByHash(trx, hashToken(secret));
    if (!session || session.expires_at.getTime() <= context.clock.now()) return stranger(asked ?? byDefault);
    const { user_id: userId, organisation_id: organisationId } = session;
    const role = await roleIn(trx, userId, organisationId);
    const organisation = await store.organisationById(trx, organisationId);
    if (!role || !organisation) return stranger(asked ?? byDefault);
    return {
      kind: 'session',
      userId,
      keyId: undefined,
      organisationId,
      scopes: new Set(scopesIn(organisation, role)),
      language: asked ?? (await store.userById(trx, userId))?.language ?? organisation.language,
    };
  });
}

/**
 * @param asked the language that the request asks for; else its organisation's
 * @throws KulningError `auth.key_unknown`, `auth.key_revoked`, `auth.key_expired`
 */
export async function callerOfKey(
  context: IdentityContext,
  secret: string,
  asked: Language | undefined,
): Promise<Caller> {
  const { key, language } = await context.inInstance('identify a key', async (trx) => {
    const found = await store.keyByHash(trx, hashToken(secret));
    if (!found || asked) return { key: found, language: asked ?? 'en' };
    const organisation = await store.organisationById(trx, found.organisation_id);
    return { key: found, language: organisation?.language ?? 'en' };
  });
  if (!key) throw keyRefused('auth.key_unknown', identityWords.keyNotOurs);
  if (key.revoked_at) throw keyRefused('auth.key_revoked', identityWords.keyRevoked);
  if (key.expires_at && key.expires_at.getTime() <= context.clock.now())
    throw keyRefused('auth.key_expired', identityWords.keyExpired);
  return {
    kind: 'key',
    userId: undefined,
    keyId: key.id,
    organisationId: key.organisation_id,
    scopes: new Set(key.scopes),
    language,
  };
}

export function me(context: IdentityContext, caller: Caller): Promise<Me> {
  return context.inInstance('who am I', async (trx) => {
    const user = caller.userId === undefined ? undefined : await store.userById(trx, caller.userId);
    const organisation = await store.organisationById(trx, caller.organisationId ?? '');
    if (!organisation) throw organisationUnknown();
    const own = user ? await store.organisationsOfUser(trx, user.id) : [organisation];
    const byId = new Map(
      own.map(({ id, name, parent_id: parentId, demonstration }) => [
        id,
        { id, name, parentId, demonstration },
      ]),
    );
    return viewMe(user, organisation, caller.scopes, [...byId.values()]);
  });
}

async function insertSession(
  context: IdentityContext,
  trx: Transaction<IdentityTables>,
  userId: string,
  organisationId: string,
): Promise<string> {
  const token = createToken('kls');
  const now = context.clock.now();
  await store.insertSession(trx, {
    id: context.ids.next('session'),
    user_id: userId,
    organisation_id: organisationId,
    hash: token.hash,
    created_at: new Date(now),
    expires_at: new Date(now + sessionMs),
  });
  return token.secret;
}

async function noteFailure(context: IdentityContext, user: store.UserRow): Promise<void> {
  const failures = user.failed_logins + 1;
  const lockedUntil = failures % lock.after === 0 ? new Date(context.clock.now() + lock.ms) : null;
  await context.inInstance('failed login', (trx) => store.recordLogin(trx, user.id, failures, lockedUntil));
}

/** Sites, policy and models belong to the whole instance: whoever runs it changes them, and no client of theirs. */
function scopesIn(organisation: store.OrganisationRow, role: Role): readonly Scope[] {
  const runsInstance = organisation.parent_id === null && !organisation.demonstration;
  return scopesOfRole[role].filter((scope) => runsInstance || !instanceWideScopes.has(scope));
}

/** The strongest of a person's roles in an organisation: their own there, or that of an owner or admin of its parent. */
async function roleIn(
  trx: Transaction<IdentityTables>,
  userId: string,
  organisationId: string,
): Promise<Role | undefined> {
  const rows = await store.organisationsOfUser(trx, userId);
  const held = rows.filter(({ id }) => id === organisationId).map(({ role }) => role);
  return held.sort((a, b) => scopesOfRole[b].length - scopesOfRole[a].length)[0];
}

const organisationUnknown = () =>
  new KulningError({
    code: 'organisation.unknown',
    status: 404,
    text: identityWords.organisationUnknown,
  });

const keyRefused = (code: string, text: Localized<Notice>) => new KulningError({ code, status: 401, text });
