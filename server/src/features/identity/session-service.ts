import { KulningError, scopesOfRole, type Role, type Scope } from '@kulning/sdk';
import type { Transaction } from 'kysely';

import type { Caller } from '../../platform/http/route.ts';
import type { IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import type { IdentityTables, Language } from './identity-tables.ts';
import { viewMe, type Me } from './identity-views.ts';
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

export interface SessionService {
  /** @throws KulningError `auth.wrong_login`, `auth.locked` */
  login(
    email: string,
    passphrase: string,
  ): Promise<{ secret: string; userId: string; organisationId: string }>;
  open(userId: string, organisationId: string): Promise<string>;
  logout(secret: string): Promise<boolean>;
  switchTo(secret: string, userId: string, organisationId: string): Promise<void>;
  callerOfSession(secret: string, language: Language): Promise<Caller>;
  /** @throws KulningError `auth.key_unknown`, `auth.key_revoked`, `auth.key_expired` */
  callerOfKey(secret: string, language: Language): Promise<Caller>;
  me(caller: Caller & { organisationId: string }): Promise<Me>;
}

export function createSessionService(context: IdentityContext): SessionService {
  const { clock } = context;
  const open = (userId: string, organisationId: string) =>
    context.inInstance('open a session', (trx) => openSession(trx, context, userId, organisationId));

  return {
    open,
    login: async (email, passphrase) => {
      const user = await context.inInstance('login', (trx) => store.userByEmail(trx, email));
      const locked = user?.locked_until && user.locked_until.getTime() > clock.now();
      const matches = await passphraseMatches(passphrase, user?.passphrase ?? nobody);
      if (locked)
        throw new KulningError({
          code: 'auth.locked',
          status: 429,
          message: 'Too many wrong passphrases for this account.',
          hint: 'Wait five minutes.',
          retryable: true,
        });
      if (!user || !matches) {
        if (user) await noteFailure(context, user);
        throw new KulningError({
          code: 'auth.wrong_login',
          status: 401,
          message: 'This e-mail and passphrase do not belong together.',
        });
      }
      return context.inInstance('login', async (trx) => {
        await store.recordLogin(trx, user.id, 0, null);
        await store.deleteExpiredSessions(trx, new Date(clock.now()));
        const organisations = await store.organisationsOfUser(trx, user.id);
        const home = organisations.find(({ demonstration }) => !demonstration) ?? organisations[0];
        if (!home)
          throw new KulningError({
            code: 'auth.no_organisation',
            status: 403,
            message: 'You belong to no organisation here.',
            hint: 'Ask an owner or admin to add you.',
          });
        return {
          secret: await openSession(trx, context, user.id, home.id),
          userId: user.id,
          organisationId: home.id,
        };
      });
    },
    logout: (secret) =>
      context.inInstance(
        'logout',
        async (trx) => ((await store.deleteSession(trx, hashToken(secret))).numDeletedRows ?? 0n) > 0n,
      ),
    switchTo: (secret, userId, organisationId) =>
      context.inInstance('switch organisation', async (trx) => {
        if (!(await roleIn(trx, userId, organisationId))) {
          throw new KulningError({
            code: 'organisation.unknown',
            status: 404,
            message: 'There is no such organisation that you belong to.',
          });
        }
        await store.moveSession(trx, hashToken(secret), organisationId);
      }),
    callerOfSession: (secret, language) =>
      context.inInstance('identify a session', async (trx) => {
        const session = await store.sessionByHash(trx, hashToken(secret));
        if (!session || session.expires_at.getTime() <= clock.now()) return stranger(language);
        const role = await roleIn(trx, session.user_id, session.organisation_id);
        if (!role) return stranger(language);
        return {
          kind: 'session',
          userId: session.user_id,
          keyId: undefined,
          organisationId: session.organisation_id,
          scopes: new Set(scopesOfRole[role]),
          language,
        };
      }),
    callerOfKey: (secret, language) =>
      context.inInstance('identify a key', (trx) => callerOfKey(trx, secret, language, clock.now())),
    me: (caller) =>
      context.inInstance('who am I', async (trx) => {
        const user = caller.userId === undefined ? undefined : await store.userById(trx, caller.userId);
        const organisation = await store.organisationById(trx, caller.organisationId);
        if (!organisation)
          throw new KulningError({
            code: 'organisation.unknown',
            status: 404,
            message: 'This organisation no longer exists.',
          });
        const own = user ? await store.organisationsOfUser(trx, user.id) : [{ ...organisation }];
        const organisations = [
          ...new Map(
            own.map((row) => [
              row.id,
              { id: row.id, name: row.name, parentId: row.parent_id, demonstration: row.demonstration },
            ]),
          ).values(),
        ];
        return viewMe(user, organisation, caller.scopes, organisations);
      }),
  };
}

async function openSession(
  trx: Transaction<IdentityTables>,
  context: IdentityContext,
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

/** The strongest of a person's roles in an organisation: their own there, or owner and admin of its parent. */
async function roleIn(
  trx: Transaction<IdentityTables>,
  userId: string,
  organisationId: string,
): Promise<Role | undefined> {
  const rows = (await store.organisationsOfUser(trx, userId)).filter(({ id }) => id === organisationId);
  const scopes = (role: Role): readonly Scope[] => scopesOfRole[role];
  return rows.map(({ role }) => role).sort((a, b) => scopes(b).length - scopes(a).length)[0];
}

async function callerOfKey(
  trx: Transaction<IdentityTables>,
  secret: string,
  language: Language,
  now: number,
): Promise<Caller> {
  const key = await store.keyByHash(trx, hashToken(secret));
  const refuse = (code: string, message: string) =>
    new KulningError({
      code,
      status: 401,
      message,
      hint: 'Create another under Settings → Keys, or with `kulning keys create`.',
    });
  if (!key) throw refuse('auth.key_unknown', 'This API key does not exist here.');
  if (key.revoked_at) throw refuse('auth.key_revoked', 'This API key has been revoked.');
  if (key.expires_at && key.expires_at.getTime() <= now)
    throw refuse('auth.key_expired', 'This API key has expired.');
  return {
    kind: 'key',
    userId: undefined,
    keyId: key.id,
    organisationId: key.organisation_id,
    scopes: new Set(key.scopes),
    language,
  };
}
