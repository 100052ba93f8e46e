import { usageOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import { refusalsOf } from './refusal-views.ts';
import type { UsageContext } from './usage-context.ts';
import { usageCsv } from './usage-csv.ts';
import { pruneUsage } from './usage-pruning.ts';
import { usageRange } from './usage-range.ts';
import { readUsage } from './usage-service.ts';

export { enterUsage } from './usage-store.ts';

export interface UsageFeature {
  readonly routes: readonly Route[];
  readonly tasks: readonly { name: string; everyMs: number; run(signal: AbortSignal): Promise<unknown> }[];
}

const HOUR_MS = 3_600_000;

/** Usage by the hour, as people read it. */
export function createUsage(context: UsageContext, keepDays: number): UsageFeature {
  const { database, clock } = context;
  return {
    routes: [
      route(usageOperations.csv, async ({ query }, { caller: { organisationId } }) =>
        usageCsv(await readUsage(context, organisationId, query)),
      ),
      route(usageOperations.refusals, async ({ query }, { caller: { organisationId } }) => {
        const { from, to } = usageRange(query, clock.now());
        const { model, keyId } = query;
        const items = await database.inOrganisation(organisationId, (trx) =>
          refusalsOf(trx, { organisationId, from, to, model, keyId }),
        );
        return { from: from.toISOString(), to: to.toISOString(), items };
      }),
      route(usageOperations.list, ({ query }, { caller: { organisationId } }) =>
        readUsage(context, organisationId, query),
      ),
    ],
    tasks: [
      { name: 'prune-usage', everyMs: HOUR_MS, run: (signal) => pruneUsage(context, keepDays, signal) },
    ],
  };
}
