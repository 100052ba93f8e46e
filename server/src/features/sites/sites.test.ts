import { siteChange, siteInput } from '@kulning/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from '../../../test/database.ts';
import type { LedgerEvent } from '../../core/ledger/leaf.ts';
import { createIdSource } from '../../platform/id-source.ts';
import { silentLogger } from '../../platform/log/logger.ts';
import { createSites, thisMachineSlug, type SitesContext } from './index.ts';
import { changeSite, createSite, removeSite } from './site-service.ts';
import { siteHistory } from './site-views.ts';

let database: TestDatabase;
let events: LedgerEvent[];
let uses: string[];
let now: number;
let context: SitesContext;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.app.kysely.executeQuery(sql`delete from kulning.site`.compile(database.app.kysely));
  events = [];
  uses = [];
  now = Date.parse('2026-11-22T12:00:00Z');
  const clock = { now: () => now };
  context = {
    database: database.app.withTables(),
    clock,
    ids: createIdSource(clock),
    log: silentLogger,
    record: async (_, event) => void events.push(event),
    usesOf: async () => uses,
  };
});

const falun = siteInput.parse({
  slug: 'falun',
  name: 'Falun',
  place: 'Falun, Sweden',
  country: 'SE',
  operator: { value: 'Dalarna Compute AB', source: 'contract 12', validUntil: '2027-01-01' },
  certifications: ['ISO/IEC 27001'],
  gramsCo2PerKwh: 20,
});

const sitesVersion = async () => {
  const { rows } = await sql<{
    version: bigint;
  }>`select version from kulning.control_version where part = 'sites'`.execute(database.app.kysely);
  return rows[0]?.version ?? 0n;
};

test('a new installation knows this machine, and Borlänge both real and simulated', async () => {
  const sites = createSites(context);
  await sites.load([]);
  const known = await sites.list();
  expect(known.map(({ slug, simulated, open }) => [slug, simulated, open])).toEqual([
    ['borlange', false, false],
    ['borlange-simulated', true, true],
    ['essonne-simulated', true, true],
    ['this-machine', false, true],
  ]);
  expect(known.at(-1)).toMatchObject({ unclaimed: true });
  expect(known.at(-1)?.country).toBeUndefined();
  for (const site of known) expect(site.gramsCo2PerKwh?.provenance ?? 'declared').toBe('declared');
});

test('loading again changes nothing and records nothing', async () => {
  const sites = createSites(context);
  await sites.load([falun]);
  const before = await sites.list();
  events = [];
  await sites.load([falun]);
  expect(await sites.list()).toEqual(before);
  expect(events).toEqual([]);
});

test('what kulning.yaml no longer says is withdrawn, and a site it no longer names goes unless it is in use', async () => {
  const sites = createSites(context);
  await sites.load([falun]);
  const { operator: _, ...silent } = falun;
  await sites.load([silent]);
  expect((await sites.find('falun'))?.operator).toBeUndefined();
  uses = ['deployment triage'];
  await sites.load([]);
  expect(await sites.find('falun')).toBeDefined();
  uses = [];
  await sites.load([]);
  expect(await sites.find('falun')).toBeUndefined();
});

test('what a person declares is T0 and keeps its source and its end', async () => {
  const site = await createSite(context, falun);
  expect(site.operator).toEqual({
    value: 'Dalarna Compute AB',
    tier: 'T0',
    source: 'contract 12',
    validUntil: '2027-01-01T00:00:00.000Z',
  });
  expect(site.country).toMatchObject({ tier: 'T0', source: 'declared through the API' });
  expect(site.gramsCo2PerKwh).toMatchObject({ value: 20, provenance: 'declared' });
});

test('a change keeps the old fact as history, commits with its ledger event and tells the gateways', async () => {
  const { id } = await createSite(context, falun);
  const version = await sitesVersion();
  now += 1000;
  await changeSite(context, 'falun', siteChange.parse({ country: 'FI', operator: null }));
  expect(await sitesVersion()).toBe(version + 1n);
  expect(events.at(-1)).toMatchObject({
    kind: 'site.changed',
    at: '2026-11-22T12:00:01.000Z',
    organisation: null,
    body: { slug: 'falun', facts: [{ name: 'country', value: 'FI' }], withdrawn: ['operator'] },
  });
  const countries = (await siteHistory(context.database, id)).filter(({ name }) => name === 'country');
  expect(countries.map(({ value, replacedAt }) => [value, replacedAt])).toEqual([
    ['FI', undefined],
    ['SE', '2026-11-22T12:00:01.000Z'],
  ]);
});

test('a change whose ledger event cannot be written does not happen', async () => {
  await createSite(context, falun);
  const broken = { ...context, record: () => Promise.reject(new Error('no ledger')) };
  await expect(changeSite(broken, 'falun', { country: 'US' })).rejects.toThrow('no ledger');
  expect((await createSites(context).find('falun'))?.country?.value).toBe('SE');
});

test('claiming says where this machine stands; its parent is the operator unless said otherwise', async () => {
  const sites = createSites(context);
  await sites.load([]);
  await database.app.inInstance('claim', (trx) =>
    sites.declareThisMachine(trx, { country: 'FR', operator: 'Atelier Martin', place: 'Lyon' }),
  );
  expect(await sites.find(thisMachineSlug)).toMatchObject({
    unclaimed: false,
    place: 'Lyon',
    country: { value: 'FR', tier: 'T0' },
    parent: { value: { name: 'Atelier Martin', country: 'FR' } },
    latitude: 45.8,
    longitude: 4.8,
    coordinatesOf: 'town',
  });
});

test('the machine has no name and no place until somebody gives it one, and is shown where its country is', async () => {
  const sites = createSites(context);
  await sites.load([]);
  expect(await sites.find(thisMachineSlug)).toMatchObject({
    name: 'this-machine',
    place: '',
    unclaimed: true,
  });
  expect(await sites.find(thisMachineSlug)).not.toHaveProperty('coordinatesOf');
  const declare = (more: object) =>
    database.app.inInstance('claim', (trx) =>
      sites.declareThisMachine(trx, { country: 'SE', operator: 'Kullabygdens El', ...more }),
    );
  await declare({});
  expect(await sites.find(thisMachineSlug)).toMatchObject({ place: '', coordinatesOf: 'country' });
  await declare({ place: 'Nås', latitude: 60.45, longitude: 14.49 });
  expect(await sites.find(thisMachineSlug)).toMatchObject({
    place: 'Nås',
    latitude: 60.45,
    longitude: 14.49,
    coordinatesOf: 'site',
  });
});

test('refuses a slug that is taken, an unknown site, and the removal of a site in use', async () => {
  const sites = createSites(context);
  await sites.load([]);
  await createSite(context, falun);
  await expect(createSite(context, falun)).rejects.toMatchObject({ code: 'site.slug_taken', status: 409 });
  await expect(changeSite(context, 'nowhere', {})).rejects.toMatchObject({
    code: 'site.unknown',
    status: 404,
  });
  await expect(removeSite(context, thisMachineSlug)).rejects.toMatchObject({ code: 'site.in_use' });
  uses = ['deployment triage'];
  await expect(removeSite(context, 'falun')).rejects.toMatchObject({
    code: 'site.in_use',
    message: /deployment triage/,
  });
});

test('two changes at once happen one after the other', async () => {
  await createSite(context, falun);
  const sites = createSites(context);
  await Promise.all(['FI', 'NO', 'DK', 'DE'].map((country) => changeSite(context, 'falun', { country })));
  const { id } = (await sites.find('falun')) ?? { id: '' };
  const current = (await siteHistory(context.database, id)).filter(
    (fact) => fact.name === 'country' && !fact.replacedAt,
  );
  expect(current).toHaveLength(1);
});
