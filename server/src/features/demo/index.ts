import { instanceOperations as operations } from '@kulning/sdk';

import { route, type Route } from '../../platform/http/route.ts';
import { type DemoContext, loadDemo, readDemo, removeDemo, resetDemo } from './demo-service.ts';
import { sampleOrganisation } from './demo-store.ts';

export type { DemoContext } from './demo-service.ts';
export { sampleName } from './sample.ts';

export interface Demo {
  readonly routes: readonly Route[];
  /** At the first start. @returns the sample company's organisation */
  load(): Promise<string>;
  organisation(): Promise<string | undefined>;
}

export function createDemo(context: DemoContext): Demo {
  return {
    routes: [
      route(operations.demoMails, async (_, { caller }) => {
        const items = await readDemo(context, caller.organisationId);
        const mails = items.filter((item) => item.kind === 'mail');
        return { items: mails.toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt)) };
      }),
      route(operations.demoDocuments, async (_, { caller }) => {
        const items = await readDemo(context, caller.organisationId);
        return { items: items.filter((item) => item.kind === 'document') };
      }),
      route(operations.demoReset, () => resetDemo(context)),
      route(operations.demoRemove, async () => ({ removed: await removeDemo(context) })),
    ],
    load: () => loadDemo(context),
    organisation: () => context.database.inInstance('sample company', (trx) => sampleOrganisation(trx)),
  };
}
