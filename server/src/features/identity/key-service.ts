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
import { createToken } from './secret-token.ts';

const dayMs = 86_400_000;
/** Enough to recognise a key by, too little to guess the rest from. */
const prefixLength = 10;

export type KeyRequest = HandlerInput<typeof identityOperations.createKey>['body'];

export interface KeyMaker {
  readonly organisationId: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly userId: string | undefined;
}

export interface KeyService {
  list(organisationId: string): Promise<OperationResult<typeof identityOperations.listKeys>>;
  /** @throws KulningError `key.scope_beyond_yours`: nobody hands out what they do not hold */
  create(maker: KeyMaker, request: KeyRequest): Promise<OperationResult<typeof identityOperations.createKey>>;
  /** A key that ends by itself within minutes or hours, for the playground and for demonstration calls. */
  createShortLived(
    maker: KeyMaker,
    request: Pick<KeyRequest, 'name' | 'dataClass' | 'purpose'>,
    lifetimeMs: number,
  ): Promise<{ secret: string; expiresAt: string }>;
  /** @throws KulningError `key.unknown` */
  revoke(
    organisationId: string,
    keyId: string,
  ): Promise<OperationResult<typeof identityOperations.revokeKey>>;
}

export function createKeyService(context: IdentityContext): KeyService {
  const { clock, ids } = context;
  const insert = async (
    maker: KeyMaker,
    request: Omit<KeyRequest, 'expiresInDays'>,
    expiresAt: Date | null,
  ) => {
    for (const scope of request.scopes) {
      if (!maker.scopes.has(scope)) {
        throw new KulningError({
          code: 'key.scope_beyond_yours',
          status: 403,
          path: 'body.scopes',
          message: `You do not hold ${scope} yourself.`,
          hint: 'Leave it out, or ask somebody who holds it.',
        });
      }
    }
    const token = createToken('kln');
    const row = await context.inOrganisation(maker.organisationId, async (trx) => {
      const created = await store.insertKey(trx, {
        id: ids.next('key'),
        organisation_id: maker.organisationId,
        name: request.name,
        hash: token.hash,
        prefix: token.secret.slice(0, prefixLength),
        scopes: [...request.scopes],
        data_class: request.dataClass,
        purpose: request.purpose,
        created_by: maker.userId ?? null,
        created_at: new Date(clock.now()),
        expires_at: expiresAt,
      });
      await store.bump(trx, 'keys');
      await context.record(trx, {
        kind: 'key.created',
        at: isoTime(clock),
        organisation: maker.organisationId,
        body: {
          key: created.id,
          scopes: [...request.scopes],
          class: request.dataClass,
          expiresAt: expiresAt?.toISOString() ?? null,
        },
      });
      return created;
    });
    return { ...viewKey(row), secret: token.secret };
  };

  return {
    list: async (organisationId) => ({
      items: (await context.inOrganisation(organisationId, (trx) => store.keys(trx, organisationId))).map(
        viewKey,
      ),
    }),
    create: (maker, request) =>
      insert(
        maker,
        request,
        request.expiresInDays === null ? null : new Date(clock.now() + request.expiresInDays * dayMs),
      ),
    createShortLived: async (maker, request, lifetimeMs) => {
      const expiresAt = new Date(clock.now() + lifetimeMs);
      const { secret } = await insert(
        maker,
        { ...request, scopes: ['calls:create', 'models:read', 'receipts:read'] },
        expiresAt,
      );
      return { secret, expiresAt: expiresAt.toISOString() };
    },
    revoke: async (organisationId, keyId) => {
      const row = await context.inOrganisation(organisationId, async (trx) => {
        const revoked = await store.revokeKey(trx, organisationId, keyId, new Date(clock.now()));
        if (!revoked)
          throw new KulningError({
            code: 'key.unknown',
            status: 404,
            message: `There is no key ${keyId} here.`,
            hint: '`kulning keys list` shows them.',
          });
        await store.bump(trx, 'keys');
        await context.record(trx, {
          kind: 'key.revoked',
          at: isoTime(clock),
          organisation: organisationId,
          body: { key: keyId },
        });
        return revoked;
      });
      return viewKey(row);
    },
  };
}
