import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Operation, OperationResult, Scope } from '@kulning/sdk';
import { sql } from 'kysely';

import type { LedgerEvent } from '../src/core/ledger/leaf.ts';
import { GatewayCache, type GatewayCacheDeps } from '../src/features/cache/index.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import type { Route, RouteContext } from '../src/platform/http/route.ts';
import { createEpochUse } from '../src/platform/vault/epoch-use.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { testDatabase } from './database.ts';

export const [agency, client, stranger] = ['org_agency', 'org_client', 'org_stranger'] as const;

/** A database with an agency, its client and a stranger, each with a key, and a vault: what content features stand on. */
export async function contentScene() {
  const home = await mkdtemp(join(tmpdir(), 'kulning-content-'));
  const database = await testDatabase();
  const vault = createVault(await openFileKeystore(join(home, 'keys')));
  const events: LedgerEvent[] = [];
  await database.app.inInstance('test', async (trx) => {
    for (const [id, parent] of [
      [agency, null],
      [client, agency],
      [stranger, null],
    ]) {
      await sql`insert into kulning.organisation (id, parent_id, name, language, created_at) values (${id}, ${parent}, ${id}, 'en', now())`.execute(
        trx,
      );
      await sql`insert into kulning.api_key (id, organisation_id, name, hash, prefix, scopes, purpose, created_at)
        values (${`key_${id}`}, ${id}, ${`key of ${id}`}, ${Buffer.from(id ?? '')}, 'kln_', '{}', 'general', now())`.execute(
        trx,
      );
    }
  });
  return {
    database,
    vault,
    events,
    clock: systemClock,
    ids: createIdSource(systemClock),
    record: async (_: unknown, event: LedgerEvent) => void events.push(event),
    async close() {
      vault.close();
      await database.close();
      await rm(home, { recursive: true });
    },
  };
}

/** For gateways whose organisations have no cache: whoever asked it would fail. */
export function noCache(): GatewayCache {
  return new GatewayCache({
    database: {} as GatewayCacheDeps['database'],
    vault: {} as GatewayCacheDeps['vault'],
    ids: createIdSource(systemClock),
    now: () => systemClock.now(),
    epochUse: createEpochUse(),
  });
}

/** As the router would call it: parsed by the contract, in an organisation. */
export async function ask<O extends Operation>(
  routes: readonly Route[],
  operation: O,
  organisationId: string,
  input: { params?: object; query?: object; body?: object } = {},
): Promise<OperationResult<O>> {
  const found = routes.find((each) => each.operation.id === operation.id);
  if (!found) throw new TypeError(`no route serves ${operation.id}`);
  const given = {
    params: operation.params?.parse(input.params),
    query: operation.query?.parse(input.query ?? {}),
    body: operation.body?.parse(input.body),
  };
  const caller = {
    kind: 'session' as const,
    userId: 'user_test',
    keyId: undefined,
    organisationId,
    scopes: new Set<Scope>(),
    language: 'en' as const,
  };
  const context: RouteContext = {
    caller,
    requestId: 'request_test',
    signal: AbortSignal.timeout(30_000),
    stillAuthorised: () => Promise.resolve(true),
    cookies: [],
    header: () => undefined,
  };
  const answer = await found.handle(given, context);
  return operation.result.parse(JSON.parse(JSON.stringify(answer))) as OperationResult<O>;
}
