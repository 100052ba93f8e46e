import type { CacheSettings, CacheView } from '@kulning/sdk';

import {
  type CacheTransaction,
  deleteAnswers,
  heldAnswers,
  lookUps,
  settingRows,
  type SettingRow,
  writeSettings,
} from './cache-store.ts';
import type { CacheContext } from './cache-tables.ts';

const DAY_MS = 86_400_000;
const initial: CacheSettings & { readonly generation: number } = {
  enabled: false,
  ttlSeconds: 3_600,
  maxBytes: 64 * 1024 * 1024,
  anyTemperature: false,
  toolCalls: false,
  generation: 0,
};

export const viewCache = (context: CacheContext, organisationId: string): Promise<CacheView> =>
  context.database.inOrganisation(organisationId, (trx) => viewIn(context, trx, organisationId));

type Change = { readonly [Name in keyof CacheSettings]?: CacheSettings[Name] | undefined };

export async function setCache(
  context: CacheContext,
  organisationId: string,
  change: Change,
): Promise<CacheView> {
  return context.database.inOrganisation(organisationId, async (trx) => {
    const before = await settingOf(trx, organisationId);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    await write(context, trx, { ...before, ...given }, 'cache.changed');
    return viewIn(context, trx, organisationId);
  });
}

/** The generation makes what gateways hold in memory unfindable, the deletion takes the keys of what the vault holds. */
export async function purgeCache(context: CacheContext, organisationId: string): Promise<CacheView> {
  return context.database.inOrganisation(organisationId, async (trx) => {
    const before = await settingOf(trx, organisationId);
    await deleteAnswers(trx, organisationId);
    await write(context, trx, { ...before, generation: before.generation + 1 }, 'cache.purged');
    return viewIn(context, trx, organisationId);
  });
}

async function settingOf(trx: CacheTransaction, organisationId: string): Promise<SettingRow> {
  const [row] = await settingRows(trx, organisationId);
  return row ?? { organisationId, ...initial };
}

async function write({ clock, record }: CacheContext, trx: CacheTransaction, row: SettingRow, kind: string) {
  const { organisationId: organisation, ...body } = row;
  await writeSettings(trx, row, new Date(clock.now()));
  await record(trx, { kind, at: new Date(clock.now()).toISOString(), organisation, body });
}

async function viewIn(
  { clock }: CacheContext,
  trx: CacheTransaction,
  organisationId: string,
): Promise<CacheView> {
  const { organisationId: _, generation: __, ...settings } = await settingOf(trx, organisationId);
  const now = clock.now();
  return {
    ...settings,
    ...(await heldAnswers(trx, organisationId, new Date(now))),
    ...(await lookUps(trx, organisationId, new Date(now - 30 * DAY_MS))),
  };
}
