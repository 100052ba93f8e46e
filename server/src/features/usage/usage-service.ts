import {
  type HandlerInput,
  KulningError,
  type UsageFigures,
  type usageOperations,
  type UsageRow,
} from '@kulning/sdk';

import { tablesOf } from '../../platform/postgres/database.ts';
import { unknownClient } from '../limits/index.ts';
import type { UsageContext } from './usage-context.ts';
import { figuresOf, placeOf, sketchesOf } from './usage-figures.ts';
import { usageRange } from './usage-range.ts';
import {
  durationCounts,
  familyOf,
  namesOf,
  usageSums,
  type UsageQuestion,
  type UsageSums,
  type UsageTransaction,
} from './usage-views.ts';
import { usageWords } from './usage-words.ts';

type UsageQuery = HandlerInput<(typeof usageOperations)['list']>['query'];

export interface Usage {
  readonly from: string;
  readonly to: string;
  readonly items: UsageRow[];
  readonly total: UsageFigures;
}

const MOST_LINES = 5_000;

/**
 * @param organisationId of the caller, who sees itself and its clients
 * @throws KulningError `usage.range_wrong`, `usage.too_many`, `organisation.unknown`
 */
export function readUsage(context: UsageContext, organisationId: string, query: UsageQuery): Promise<Usage> {
  const { database, clock } = context;
  const range = usageRange(query, clock.now());
  const ask = (trx: UsageTransaction, organisationIds: readonly string[]) =>
    answer(context, trx, {
      ...range,
      organisationIds,
      by: query.by,
      every: query.every,
      where: whereOf(query),
    });
  const wanted = query.organisationId ?? organisationId;
  if (query.by !== 'organisation' && wanted === organisationId)
    return database.inOrganisation(organisationId, (trx) => ask(trx, [organisationId]));
  return database.inInstance('usage of an organisation and its clients', async (trx) => {
    const family = await familyOf(trx, organisationId);
    if (!family.includes(wanted)) throw unknownClient(wanted);
    return ask(trx, query.organisationId === undefined ? family : [wanted]);
  });
}

async function answer(
  { siteNames }: UsageContext,
  trx: UsageTransaction,
  question: UsageQuestion,
): Promise<Usage> {
  // One line more than may be, and the whole.
  const rows = await usageSums(trx, question, MOST_LINES + 2);
  const lines = rows.filter(({ whole }) => !whole);
  const total = rows.find(({ whole }) => whole);
  if (lines.length > MOST_LINES || !total) throw tooMany();
  const sketches = sketchesOf(await durationCounts(trx, question));
  const names = await namesOf(trx, question.by, question.organisationIds);
  const sites = await siteNames(tablesOf(trx));
  return {
    from: question.from.toISOString(),
    to: question.to.toISOString(),
    items: lines.map((line) => ({
      at: line.at?.toISOString() ?? null,
      id: line.id,
      name: nameOf(question, line, names, sites),
      ...figuresOf(line, sketches.get(placeOf(line))),
    })),
    total: figuresOf(total, sketches.get('whole')),
  };
}

function nameOf(
  { by }: UsageQuestion,
  { id, model, siteId }: UsageSums,
  names: ReadonlyMap<string, string>,
  sites: ReadonlyMap<string, string>,
): string {
  const siteName = siteId === null ? '' : (sites.get(siteId) ?? siteId);
  if (id === null) return '';
  if (by === 'site') return siteName;
  if (by === 'deployment') return `${model ?? ''} · ${siteName}`;
  return names.get(id) ?? id;
}

function whereOf({ model, keyId, teamId, siteId, deploymentId }: UsageQuery): UsageQuestion['where'] {
  return {
    ...(model !== undefined && { model }),
    ...(keyId !== undefined && { key_id: keyId }),
    ...(teamId !== undefined && { team_id: teamId }),
    ...(siteId !== undefined && { site_id: siteId }),
    ...(deploymentId !== undefined && { deployment_id: deploymentId }),
  };
}

const tooMany = () =>
  new KulningError({ code: 'usage.too_many', status: 400, text: usageWords.tooMany(MOST_LINES) });
