import type { Transaction } from 'kysely';

import type { Caller, Route } from '../../platform/http/route.ts';
import { type ClaimRequest, type ClaimService, createClaimService } from './claim-service.ts';
import type { IdentityContext } from './identity-context.ts';
import { identityRoutes, sessionSecret } from './identity-routes.ts';
import type { IdentityTables, Language } from './identity-tables.ts';
import { createKeyService, type KeyService } from './key-service.ts';
import { createOrganisationService, type OrganisationService } from './organisation-service.ts';
import { createSessionService, stranger } from './session-service.ts';

export type { IdentityContext, IdentityEvent } from './identity-context.ts';
export type { IdentityTables, Language } from './identity-tables.ts';

export interface Identity {
  readonly claims: ClaimService;
  readonly keys: KeyService;
  readonly organisations: OrganisationService;
  readonly routes: readonly Route[];
  /** Who a request comes from: a key, a session, or a stranger. */
  identify(header: (name: string) => string | undefined): Promise<Caller>;
}

export interface IdentityOptions extends IdentityContext {
  readonly declareMachine: (
    trx: Transaction<IdentityTables>,
    machine: ClaimRequest['machine'],
  ) => Promise<void>;
  readonly secureCookies: boolean;
  readonly language: Language;
}

export function createIdentity(options: IdentityOptions): Identity {
  const claims = createClaimService(options, options.declareMachine);
  const sessions = createSessionService(options);
  const organisations = createOrganisationService(options);
  const keys = createKeyService(options);
  return {
    claims,
    keys,
    organisations,
    routes: identityRoutes({ claims, sessions, organisations, keys, secureCookies: options.secureCookies }),
    identify: async (header) => {
      const language = preferredLanguage(header('accept-language'), options.language);
      const bearer = /^Bearer (\S+)$/i.exec(header('authorization') ?? '')?.[1];
      if (bearer !== undefined) return sessions.callerOfKey(bearer, language);
      const secret = sessionSecret(header);
      return secret === undefined ? stranger(language) : sessions.callerOfSession(secret, language);
    },
  };
}

/** The first of our languages in an Accept-Language header (its order is taken as the preference). */
export function preferredLanguage(header: string | undefined, otherwise: Language): Language {
  for (const tag of (header ?? '').split(',')) {
    const language = tag.trim().slice(0, 2).toLowerCase();
    if (language === 'en' || language === 'fr' || language === 'sv') return language;
  }
  return otherwise;
}
