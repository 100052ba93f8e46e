import { type HandlerInput, type identityOperations, type OperationResult } from '@kulning/sdk';

import { isoTime, type IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import { viewOrganisation } from './identity-views.ts';

type Organisation = OperationResult<typeof identityOperations.updateOrganisation>;
type Change = HandlerInput<typeof identityOperations.updateOrganisation>['body'];

export async function listOrganisations(
  context: IdentityContext,
  organisationId: string,
): Promise<Organisation[]> {
  const rows = await context.inOrganisation(organisationId, (trx) =>
    store.organisationFamily(trx, organisationId),
  );
  return rows.map(viewOrganisation);
}

/** A client organisation under this one. */
export function createClient(
  context: IdentityContext,
  parentId: string,
  request: Pick<Organisation, 'name' | 'language'>,
): Promise<Organisation> {
  return context.inOrganisation(parentId, async (trx) => {
    const row = await store.insertOrganisation(trx, {
      id: context.ids.next('org'),
      parent_id: parentId,
      retention_days: null,
      created_at: new Date(context.clock.now()),
      ...request,
    });
    await store.bump(trx, 'organisations');
    const at = isoTime(context.clock);
    await context.record(trx, {
      kind: 'organisation.created',
      at,
      organisation: parentId,
      body: { client: row.id },
    });
    return viewOrganisation(row);
  });
}

export function updateOrganisation(
  context: IdentityContext,
  organisationId: string,
  change: Change,
): Promise<Organisation> {
  return context.inOrganisation(organisationId, async (trx) => {
    const row = await store.updateOrganisation(trx, organisationId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.language !== undefined && { language: change.language }),
      ...(change.revenueEur !== undefined && { revenue_eur: change.revenueEur }),
      ...(change.retentionDays !== undefined && { retention_days: change.retentionDays }),
    });
    await store.bump(trx, 'organisations');
    const body = { retentionDays: row.retention_days };
    await context.record(trx, {
      kind: 'organisation.changed',
      at: isoTime(context.clock),
      organisation: organisationId,
      body,
    });
    return viewOrganisation(row);
  });
}

/** The sample company: labelled a demonstration, so that simulated sites may serve it. */
export function ensureDemonstration(context: IdentityContext, name: string): Promise<string> {
  return context.inInstance('sample company', async (trx) => {
    const found = await store.demonstrationOrganisation(trx);
    if (found) return found.id;
    const id = context.ids.next('org');
    const created_at = new Date(context.clock.now());
    await store.insertOrganisation(trx, {
      id,
      parent_id: null,
      name,
      language: 'en',
      demonstration: true,
      retention_days: null,
      created_at,
    });
    await store.bump(trx, 'organisations');
    return id;
  });
}
