import { callsOperations, KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { DecisionRecord } from '../../core/placement/facts.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { type Route, route } from '../../platform/http/route.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { CallTables } from './call-tables.ts';
import { CallTail } from './call-tail.ts';
import { callById, decisionOf, pageOfCalls, type SiteNames } from './call-views.ts';

export { type CallJournal, createCallJournal } from './call-journal.ts';
export { createCallShipping } from './call-shipping.ts';
export { type CallTracing, createCallTracing, type TracingSettings } from './call-tracing.ts';
export type { SiteNames } from './call-views.ts';
import { callWords } from './call-words.ts';

export interface Calls {
  readonly routes: readonly Route[];
  /** Ends live tails. */
  close(): Promise<void>;
  /** What was recorded when a call was decided; for explanations by replay. */
  decisionOf(organisationId: string, callId: string): Promise<DecisionRecord | undefined>;
}

/** Reads of what gateways recorded. */
export function createCalls(options: {
  database: Database;
  clock: Clock;
  log: Logger;
  siteNames: SiteNames;
}): Calls {
  const { siteNames } = options;
  const tail = new CallTail(options);
  const database = options.database.withTables<CallTables>();
  return {
    decisionOf: (organisationId, callId) =>
      database.inOrganisation(organisationId, (trx) => decisionOf(trx, organisationId, callId)),
    close: () => tail.close(),
    routes: [
      route(
        callsOperations.tail,
        async ({ query }, { caller: { organisationId }, header, stillAuthorised }) => {
          const lastRowId = Number(/^\d{1,15}$/.exec(header('last-event-id') ?? '')?.[0] ?? 0);
          return tail.open({ organisationId, filter: query, lastRowId, stillAuthorised });
        },
      ),
      route(callsOperations.list, ({ query: { limit, cursor, ...filter } }, { caller: { organisationId } }) =>
        database.inOrganisation(organisationId, async (trx) =>
          pageOfCalls(trx, organisationId, filter, { limit, cursor }, await siteNames(trx)),
        ),
      ),
      route(callsOperations.get, async ({ params: { callId } }, { caller: { organisationId } }) => {
        const call = await database.inOrganisation(organisationId, async (trx) =>
          callById(trx, organisationId, callId, await siteNames(trx)),
        );
        if (call) return call;
        throw new KulningError({
          code: 'call.unknown',
          status: 404,
          text: callWords.unknown(callId),
        });
      }),
    ],
  };
}
