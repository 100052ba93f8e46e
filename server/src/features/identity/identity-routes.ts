import { identityOperations as operations, type Role } from '@kulning/sdk';

import { type AuthorisedCaller, route, type Route, type RouteContext } from '../../platform/http/route.ts';
import type { ClaimService } from './claim-service.ts';
import type { KeyService } from './key-service.ts';
import type { OrganisationService } from './organisation-service.ts';
import type { SessionService } from './session-service.ts';

interface Services {
  readonly claims: ClaimService;
  readonly sessions: SessionService;
  readonly organisations: OrganisationService;
  readonly keys: KeyService;
  /** The console is served over TLS: the cookie may then say so. */
  readonly secureCookies: boolean;
}

const cookieName = 'kulning_session';

export function sessionSecret(header: (name: string) => string | undefined): string | undefined {
  for (const part of (header('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName) return value;
  }
  return undefined;
}

export function identityRoutes({ claims, sessions, organisations, keys, secureCookies }: Services): Route[] {
  const cookie = (secret: string, maxAgeS: number) =>
    `${cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secureCookies ? '; Secure' : ''}`;
  const signIn = (context: RouteContext, secret: string) => {
    context.cookies.push(cookie(secret, 12 * 3600));
    return sessions
      .callerOfSession(secret, context.caller.language)
      .then((caller) => sessions.me(caller as AuthorisedCaller));
  };
  return [
    route(operations.claim, async ({ body }, context) => {
      const { userId, organisationId } = await claims.claim(body);
      return signIn(context, await sessions.open(userId, organisationId));
    }),
    route(operations.login, async ({ body }, context) =>
      signIn(context, (await sessions.login(body.email, body.passphrase)).secret),
    ),
    route(operations.logout, async (_, context) => {
      const secret = sessionSecret(context.header);
      context.cookies.push(cookie('', 0));
      return { signedOut: secret !== undefined && (await sessions.logout(secret)) };
    }),
    route(operations.me, (_, { caller }) => sessions.me(caller)),
    route(operations.switchOrganisation, async ({ body }, context) => {
      const secret = sessionSecret(context.header) ?? '';
      await sessions.switchTo(secret, context.caller.userId ?? '', body.organisationId);
      return sessions.me(
        (await sessions.callerOfSession(secret, context.caller.language)) as AuthorisedCaller,
      );
    }),
    route(operations.listOrganisations, async (_, { caller }) => ({
      items: await organisations.list(caller.organisationId),
    })),
    route(operations.createOrganisation, ({ body }, { caller }) =>
      organisations.create(caller.organisationId, body),
    ),
    route(operations.updateOrganisation, ({ body }, { caller }) =>
      organisations.update(caller.organisationId, body),
    ),
    route(operations.listMembers, async (_, { caller }) => ({
      items: await organisations.members(caller.organisationId),
    })),
    route(operations.addMember, async ({ body }, { caller }) =>
      organisations.addMember(caller.organisationId, await roleOf(organisations, caller), body),
    ),
    route(operations.changeMember, ({ params, body }, { caller }) =>
      organisations.changeMember(caller.organisationId, caller.userId, params.userId, body.role),
    ),
    route(operations.removeMember, async ({ params }, { caller }) => {
      await organisations.removeMember(caller.organisationId, caller.userId, params.userId);
      return { removed: true };
    }),
    route(operations.listKeys, (_, { caller }) => keys.list(caller.organisationId)),
    route(operations.createKey, ({ body }, { caller }) => keys.create(caller, body)),
    route(operations.revokeKey, ({ params }, { caller }) => keys.revoke(caller.organisationId, params.keyId)),
  ];
}

async function roleOf(organisations: OrganisationService, caller: AuthorisedCaller): Promise<Role> {
  const members = await organisations.members(caller.organisationId);
  return members.find(({ userId }) => userId === caller.userId)?.role ?? 'member';
}
