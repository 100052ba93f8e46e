import { identityOperations as operations } from '@kulning/sdk';

import { route, type Route, type RouteContext } from '../../platform/http/route.ts';
import { claim, type DeclareMachine } from './claim-service.ts';
import type { IdentityContext } from './identity-context.ts';
import { createKey, listKeys, revokeKey } from './key-service.ts';
import { addMember, changeMember, listMembers, removeMember } from './member-service.ts';
import { createClient, listOrganisations, updateOrganisation } from './organisation-service.ts';
import { callerOfSession, login, logout, me, openSession, switchTo } from './session-service.ts';

const cookieName = 'kulning_session';
const cookieMaxAgeS = 12 * 3600;

export function sessionSecret(header: (name: string) => string | undefined): string | undefined {
  for (const part of (header('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName) return value;
  }
  return undefined;
}

/** @param secureCookies the console is served over TLS, so the cookie may say so */
export function identityRoutes(
  context: IdentityContext,
  declareMachine: DeclareMachine,
  secureCookies: boolean,
): Route[] {
  return [...sessionRoutes(context, declareMachine, secureCookies), ...memberRoutes(context)];
}

function sessionRoutes(
  context: IdentityContext,
  declareMachine: DeclareMachine,
  secureCookies: boolean,
): Route[] {
  const cookie = (secret: string, maxAgeS: number) =>
    `${cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secureCookies ? '; Secure' : ''}`;
  const signIn = async (request: RouteContext, secret: string) => {
    request.cookies.push(cookie(secret, cookieMaxAgeS));
    return me(context, await callerOfSession(context, secret, request.caller.language));
  };
  return [
    route(operations.claim, async ({ body }, request) => {
      const { userId, organisationId } = await claim(context, declareMachine, body);
      return signIn(request, await openSession(context, userId, organisationId));
    }),
    route(operations.login, async ({ body }, request) =>
      signIn(request, await login(context, body.email, body.passphrase)),
    ),
    route(operations.logout, async (_, request) => {
      const secret = sessionSecret(request.header);
      request.cookies.push(cookie('', 0));
      return { signedOut: secret !== undefined && (await logout(context, secret)) };
    }),
    route(operations.me, (_, { caller }) => me(context, caller)),
    route(operations.switchOrganisation, async ({ body }, { caller, header }) => {
      const secret = sessionSecret(header) ?? '';
      await switchTo(context, secret, caller.userId ?? '', body.organisationId);
      return me(context, await callerOfSession(context, secret, caller.language));
    }),
  ];
}

function memberRoutes(context: IdentityContext): Route[] {
  return [
    route(operations.listOrganisations, async (_, { caller }) => ({
      items: await listOrganisations(context, caller.organisationId),
    })),
    route(operations.createOrganisation, ({ body }, { caller }) =>
      createClient(context, caller.organisationId, body),
    ),
    route(operations.updateOrganisation, ({ body }, { caller }) =>
      updateOrganisation(context, caller.organisationId, body),
    ),
    route(operations.listMembers, async (_, { caller }) => ({
      items: await listMembers(context, caller.organisationId),
    })),
    route(operations.addMember, ({ body }, { caller }) => addMember(context, caller, body)),
    route(operations.changeMember, ({ params, body }, { caller }) =>
      changeMember(context, caller, params.userId, body.role),
    ),
    route(operations.removeMember, async ({ params }, { caller }) => {
      await removeMember(context, caller, params.userId);
      return { removed: true };
    }),
    route(operations.listKeys, (_, { caller }) => listKeys(context, caller.organisationId)),
    route(operations.createKey, ({ body }, { caller }) => createKey(context, caller, body)),
    route(operations.revokeKey, ({ params }, { caller }) =>
      revokeKey(context, caller.organisationId, params.keyId),
    ),
  ];
}
