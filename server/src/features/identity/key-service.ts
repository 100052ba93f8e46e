import {
  KulningError,
  type HandlerInput,
  type identityOperations,
  type OperationResult,
  type Scope,
} from '@kulning/sdk';

import { isoTime, type IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import { viewKey } from './identity-views.ts';
import { identityWords } from './identity-words.ts';
import { createToken } from './secret-token.ts';

const dayMs = 86_400_000;
/** Enough to recognise a key by, too little to guess the rest from. */
const prefixLength = 10;

export type KeyRequest = HandlerInput<typeof identityOperations.createKey>['body'];
type CreatedKey = OperationResult<typeof identityOperations.createKey>;

export interface KeyMaker {
  readonly organisationId: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly userId: string | undefined;
}

export async function listKeys(context: IdentityContext, organisationId: string) {
  const rows = await context.inOrganisation(organisationId, (trx) => store.keys(trx, organisationId));
  return { items: rows.map(viewKey) };
}

/** @throws KulningError `key.scope_beyond_yours`: nobody hands out what they do not hold */
export function createKey(
  context: IdentityContext,
  maker: KeyMaker,
  request: KeyRequest,
): Promise<CreatedKey> {
  const lifetimeMs = request.expiresInDays === null ? null : request.expiresInDays * dayMs;
  return insertKey(context, maker, request, lifetimeMs);
}

/** A key that ends by itself within the hour, for the playground and for demonstration calls. */
export async function createShortLivedKey(
  context: IdentityContext,
  maker: KeyMaker,
  request: Pick<KeyRequest, 'name' | 'dataClass' | 'purpose'>,
): Promise<{ secret: string; expiresAt: string }> {
  const scopes: Scope[] = ['calls:create', 'models:read', 'receipts:read'];
  const { secret, expiresAt } = await insertKey(context, maker, { ...request, scopes }, 3_600_000);
  return { secret, expiresAt: expiresAt ?? '' };
}

async function insertKey(
  context: IdentityContext,
  maker: KeyMaker,
  request: Omit<KeyRequest, 'expiresInDays'>,
  lifetimeMs: number | null,
): Promise<CreatedKey> {
  const beyond = request.scopes.find((scope) => !maker.scopes.has(scope));
  if (beyond !== undefined) {
    throw new KulningError({
      code: 'key.scope_beyond_yours',
      status: 403,
      path: 'body.scopes',
      text: identityWords.scopeBeyondYours(beyond),
    });
  }
  const token = createToken('kln');
  const now = context.clock.now();
  const expiresAt = lifetimeMs === null ? null : new Date(now + lifetimeMs);
  const row = await context.inOrganisation(maker.organisationId, async (trx) => {
    const created = await store.insertKey(trx, {
      id: context.ids.next('key'),
      organisation_id: maker.organisationId,
      name: request.name,
      hash: token.hash,
      prefix: token.secret.slice(0, prefixLength),
      scopes: [...request.scopes],
      data_class: request.dataClass,
      purpose: request.purpose,
      created_by: maker.userId ?? null,
      created_at: new Date(now),
      expires_at: expiresAt,
    });
    await store.bump(trx, 'keys');
    const body = {
      key: created.id,
      scopes: [...request.scopes],
      class: request.dataClass,
      expiresAt: expiresAt?.toISOString() ?? null,
    };
    await context.record(trx, {
      kind: 'key.created',
      at: isoTime(context.clock),
      organisation: maker.organisationId,
      body,
    });
    return created;
  });
  return { ...viewKey(row), secret: token.secret };
}

/** Gateways hear of it within a second. @throws KulningError `key.unknown` */
export async function revokeKey(context: IdentityContext, organisationId: string, keyId: string) {
  const row = await context.inOrganisation(organisationId, async (trx) => {
    const revoked = await store.revokeKey(trx, organisationId, keyId, new Date(context.clock.now()));
    if (!revoked) {
      throw new KulningError({
        code: 'key.unknown',
        status: 404,
        text: identityWords.keyUnknown(keyId),
      });
    }
    await store.bump(trx, 'keys');
    const at = isoTime(context.clock);
    await context.record(trx, {
      kind: 'key.revoked',
      at,
      organisation: organisationId,
      body: { key: keyId },
    });
    return revoked;
  });
  return viewKey(row);
}
