import type { Site } from '@kulning/sdk';
import { expect, test } from 'vitest';

import { type Coordinates, located, readGazetteer } from './site-locator.ts';

const gazetteer = readGazetteer();
const machine: Site = {
  id: 'site_1',
  slug: 'this-machine',
  name: 'this-machine',
  place: '',
  simulated: false,
  unclaimed: false,
  open: true,
  origin: 'starter',
  certifications: [],
};
const inCountry = (value: string, place: string): Site => ({
  ...machine,
  place,
  country: { value, tier: 'T0', source: 'declared' },
});

test('what somebody said wins over what their town would give', () => {
  const site = { ...inCountry('SE', 'Leksand'), latitude: 60.73, longitude: 14.99 };
  expect(located(site, gazetteer)).toEqual({ ...site, coordinatesOf: 'site' });
});

test.each([
  ['SE', 'Leksand', 60.7, 15.0],
  ['SE', 'kvarnsveden, Borlänge, Sverige', 60.5, 15.4],
  ['SE', 'GOTEBORG', 57.7, 12.0],
  ['FR', 'saint etienne', 45.4, 4.4],
  ['FR', 'Valence', 44.9, 4.9],
  ['ES', 'Valence', 39.5, -0.4],
  ['PL', 'Lodz', 51.8, 19.5],
])('in %s, %s is known', (country, place, latitude, longitude) => {
  expect(located(inCountry(country, place), gazetteer)).toMatchObject({
    latitude,
    longitude,
    coordinatesOf: 'town',
  });
});

test('another town, or none, is shown in the middle of its country, and says so', () => {
  for (const place of ['', 'Nås', 'Paris'])
    expect(located(inCountry('SE', place), gazetteer)).toMatchObject({
      latitude: 62.5,
      longitude: 16.5,
      coordinatesOf: 'country',
    });
});

test('a site of which nothing is known is nowhere', () => {
  expect(located(machine, gazetteer)).toEqual(machine);
  expect(located(inCountry('JP', 'Tokyo'), gazetteer)).not.toHaveProperty('latitude');
});

/** Kilometres between two points, by the haversine formula on a sphere of 6371 km. */
function kilometres([lat1, lon1]: Coordinates, [lat2, lon2]: Coordinates): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (a: number, b: number) => Math.sin(radians(b - a) / 2) ** 2;
  const chord = half(lat1, lat2) + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * half(lon1, lon2);
  return 2 * 6371 * Math.asin(Math.sqrt(chord));
}

/** How far the farthest town in the table lies from the middle, in the countries where that is over 400 km. */
const farthestKm: Readonly<Record<string, number>> = {
  ES: 550, // Palma
  FI: 600, // Mariehamn
  FR: 725, // Ajaccio
  GR: 510, // Iráklio
  IT: 630, // Catania
  NO: 940, // Tromsø
  SE: 800, // Malmö
  TR: 710, // İzmir
  UA: 550, // Lviv
};

test('every town lies within its country’s reach, and no two are at one point', () => {
  for (const [country, towns] of gazetteer.towns) {
    const middle = gazetteer.countries.get(country);
    expect(middle, country).toBeDefined();
    for (const [name, where] of towns)
      expect(kilometres(middle!, where), `${country} ${name}`).toBeLessThan(farthestKm[country] ?? 400);
  }
  const points = [...gazetteer.towns].flatMap(([country, towns]) =>
    [...new Set(towns.values())].map((where) => `${country} ${where.join(' ')}`),
  );
  const twice = points.filter((point, at) => points.indexOf(point) !== at);
  // Neighbours that a tenth of a degree does not tell apart.
  expect(twice.toSorted()).toEqual(['FR 48.9 2.4', 'SE 60.5 15.4']);
});

test('every country of the European Union and of the European Economic Area has a middle and a town', () => {
  const members =
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ');
  expect(members.filter((code) => !gazetteer.countries.has(code) || !gazetteer.towns.has(code))).toEqual([]);
});
