import { acceptedLanguage, type Language } from '@kulning/sdk';
import type { Transaction } from 'kysely';

import type { Caller, Route } from '../../platform/http/route.ts';
import type { PrivacyStore } from '../privacy/index.ts';
import { createAccountStore } from './account-store.ts';
import { type DeclareMachine, isClaimed, prepareClaim } from './claim-service.ts';
import type { IdentityContext } from './identity-context.ts';
import { identityRoutes, sessionSecret } from './identity-routes.ts';
import { organisationById } from './identity-store.ts';
import type { IdentityTables } from './identity-tables.ts';
import { createShortLivedKey, type KeyMaker, type KeyRequest } from './key-service.ts';
import { ensureDemonstration } from './organisation-service.ts';
import { callerOfKey, callerOfSession, stranger } from './session-service.ts';

export type { IdentityContext, IdentityEvent } from './identity-context.ts';
export type { IdentityTables } from './identity-tables.ts';

export interface Identity {
  readonly routes: readonly Route[];
  readonly stores: readonly PrivacyStore[];
  /** Who a request comes from: a key, a session, or a stranger. */
  identify(header: (name: string) => string | undefined): Promise<Caller>;
  prepareClaim(): Promise<{ instanceId: string; token: string | undefined }>;
  isClaimed(): Promise<boolean>;
  ensureDemonstration(name: string): Promise<string>;
  createShortLivedKey(
    maker: KeyMaker,
    request: Pick<KeyRequest, 'name' | 'dataClass' | 'purpose'>,
  ): Promise<{ secret: string; expiresAt: string }>;
}

export interface IdentityOptions extends IdentityContext {
  readonly declareMachine: DeclareMachine;
  readonly secureCookies: boolean;
  readonly language: Language;
}

export function createIdentity(options: IdentityOptions): Identity {
  return {
    routes: identityRoutes(options, options.declareMachine, options.secureCookies),
    stores: [createAccountStore(options)],
    identify: async (header) => {
      const asked = acceptedLanguage(header('accept-language'));
      const bearer = /^Bearer (\S+)$/i.exec(header('authorization') ?? '')?.[1];
      if (bearer !== undefined) return callerOfKey(options, bearer, asked);
      const secret = sessionSecret(header);
      return secret === undefined
        ? stranger(asked ?? options.language)
        : callerOfSession(options, secret, asked, options.language);
    },
    prepareClaim: () => prepareClaim(options),
    isClaimed: () => isClaimed(options),
    ensureDemonstration: (name) => ensureDemonstration(options, name),
    createShortLivedKey: (maker, request) => createShortLivedKey(options, maker, request),
  };
}

/** What policy needs to know of an organisation. One that does not exist is no demonstration and has an unknown revenue. */
export async function organisationTraits(
  trx: Transaction<IdentityTables>,
  id: string,
): Promise<{ demonstration: boolean; revenueEur?: number }> {
  const row = await organisationById(trx, id);
  const revenue = row?.revenue_eur ?? null;
  return {
    demonstration: row?.demonstration === true,
    ...(revenue !== null && { revenueEur: Number(revenue) }),
  };
}
