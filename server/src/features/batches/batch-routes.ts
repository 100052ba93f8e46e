import { batchesOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import type { BatchService } from './batch-service.ts';
import { viewOf } from './batch-views.ts';

/** The admin API of batches. */
export function batchRoutes(batches: BatchService): Route[] {
  return [
    route(
      batchesOperations.list,
      async ({ query: { limit, cursor } }, { caller: { organisationId, language } }) => {
        const { batches: found, more } = await batches.list(organisationId, { limit, after: cursor });
        const next = more ? found.at(-1)?.row.id : undefined;
        const items = found.map((batch) => viewOf(batch, language));
        return { items, ...(next !== undefined && { next }) };
      },
    ),
    route(batchesOperations.get, async ({ params: { batchId } }, { caller: { organisationId, language } }) =>
      viewOf(await batches.get(organisationId, batchId), language),
    ),
    route(
      batchesOperations.cancel,
      async ({ params: { batchId } }, { caller: { organisationId, language } }) =>
        viewOf(await batches.cancel(organisationId, batchId), language),
    ),
  ];
}
