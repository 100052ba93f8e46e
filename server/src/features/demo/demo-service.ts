import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import { type Database, tablesOf } from '../../platform/postgres/database.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import { insertVaultRecords } from '../privacy/index.ts';
import { type SampleItem, sampleItemSchema } from './demo.ts';
import { type DemoTables, deleteSampleRecords, sampleOrganisation, sampleRecords } from './demo-store.ts';
import { readSample } from './sample.ts';

export interface DemoContext {
  readonly database: Database<DemoTables>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** The organisation of the sample company, made if there is none. */
  ensureOrganisation(): Promise<string>;
}

const dayMs = 86_400_000;
/** Sample content has an end like any unattributed content; a reset begins it anew. */
const keptMs = 365 * dayMs;

export interface DemoCounts {
  readonly mails: number;
  readonly documents: number;
  readonly contacts: number;
}

/** Loads the sample company unless it is there. @returns its organisation */
export async function loadDemo(context: DemoContext): Promise<string> {
  const found = await context.database.inInstance('sample company', (trx) => sampleOrganisation(trx));
  if (found !== undefined) return found;
  const organisationId = await context.ensureOrganisation();
  await putSample(context, organisationId);
  return organisationId;
}

export async function resetDemo(context: DemoContext): Promise<DemoCounts> {
  return putSample(context, await context.ensureOrganisation());
}

/** Takes away all that the sample company holds; the organisation stays as an empty name in past ledger entries. */
export async function removeDemo(context: DemoContext): Promise<boolean> {
  const organisationId = await context.database.inInstance('sample company', (trx) =>
    sampleOrganisation(trx),
  );
  if (organisationId === undefined) return false;
  await context.database.inOrganisation(organisationId, (trx) => deleteSampleRecords(trx, organisationId));
  return true;
}

/** Items of an organisation, in the order in which they were loaded; none in any but the sample company. */
export async function readDemo(context: DemoContext, organisationId: string): Promise<SampleItem[]> {
  await context.vault.load(organisationId);
  const rows = await context.database.inOrganisation(organisationId, (trx) =>
    sampleRecords(trx, organisationId),
  );
  return rows.map(({ id, sealed }) =>
    sampleItemSchema.parse(
      JSON.parse(Buffer.from(context.vault.open(organisationId, id, sealed)).toString('utf8')),
    ),
  );
}

async function putSample(context: DemoContext, organisationId: string): Promise<DemoCounts> {
  const items = sampleItems(context);
  await context.vault.load(organisationId);
  const now = context.clock.now();
  const records = items.map((item) => {
    const text = JSON.stringify(item);
    return {
      organisationId,
      id: item.id,
      store: 'sample' as const,
      sealed: context.vault.seal(organisationId, item.id, Buffer.from(text, 'utf8')),
      links: context.vault.links(organisationId, personsOf(item), text),
      createdAt: new Date(now),
      expiresAt: new Date(now + keptMs),
    };
  });
  await context.database.inOrganisation(organisationId, async (trx) => {
    await deleteSampleRecords(tablesOf<DemoTables>(trx), organisationId);
    await insertVaultRecords(trx, records);
  });
  const count = (kind: SampleItem['kind']) => items.filter((item) => item.kind === kind).length;
  return { mails: count('mail'), documents: count('document'), contacts: count('contact') };
}

function sampleItems({ clock, ids }: DemoContext): SampleItem[] {
  const { mails, documents, contacts } = readSample();
  return [
    ...mails.map(({ daysAgo, ...mail }): SampleItem => ({
      kind: 'mail',
      id: ids.next('mail'),
      receivedAt: new Date(clock.now() - daysAgo * dayMs).toISOString(),
      ...mail,
    })),
    ...documents.map((document): SampleItem => ({ kind: 'document', id: ids.next('document'), ...document })),
    ...contacts.map((contact): SampleItem => ({ kind: 'contact', id: ids.next('record'), ...contact })),
  ];
}

/** The identifiers that a person would be looked up by. */
function personsOf(item: SampleItem): string[] {
  if (item.kind === 'contact') return [item.name, item.email, item.phone];
  if (item.kind === 'document') return [];
  const [, name = '', address = ''] = /^(.*?)\s*<(.+)>$/.exec(item.from) ?? [];
  return [name, address].filter((text) => text !== '');
}
