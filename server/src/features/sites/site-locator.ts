import { readFileSync } from 'node:fs';

import type { Site } from '@kulning/sdk';
import { parse } from 'yaml';
import { z } from 'zod';

const coordinates = z.tuple([z.number().min(-90).max(90), z.number().min(-180).max(180)]);
const countriesFile = z.record(z.string(), coordinates);
const townsFile = z.record(z.string(), z.record(z.string(), coordinates));

export type Coordinates = z.output<typeof coordinates>;

/** Countries by code, and in each its towns by every name in use. */
export interface Gazetteer {
  readonly countries: ReadonlyMap<string, Coordinates>;
  readonly towns: ReadonlyMap<string, ReadonlyMap<string, Coordinates>>;
}

/** From data/places, whose SOURCE.md says how exact it is. */
export function readGazetteer(): Gazetteer {
  const read = (name: string): unknown =>
    parse(readFileSync(new URL(`../../../../data/places/${name}.yaml`, import.meta.url), 'utf8'));
  const towns = Object.entries(townsFile.parse(read('towns'))).map(([country, list]) => {
    const named = Object.entries(list).flatMap(([names, where]) =>
      names.split(' | ').map((name) => [plain(name), where] as const),
    );
    return [country, new Map(named)] as const;
  });
  return {
    countries: new Map(Object.entries(countriesFile.parse(read('countries')))),
    towns: new Map(towns),
  };
}

/**
 * A site with coordinates to show it at: those that somebody said, else of the town that its place names, else of the
 * middle of its country; and which of them they are. Nothing is decided by them.
 */
export function located(site: Site, { countries, towns }: Gazetteer): Site {
  if (site.latitude !== undefined && site.longitude !== undefined) return { ...site, coordinatesOf: 'site' };
  const country = site.country?.value ?? '';
  const named = towns.get(country);
  // “Kvarnsveden, Borlänge, Sweden”: the first part that is known is the most exact one.
  const town = site.place
    .split(',')
    .map((part) => named?.get(plain(part)))
    .find((found) => found !== undefined);
  const found = town ?? countries.get(country);
  if (found === undefined) return site;
  const [latitude, longitude] = found;
  return { ...site, latitude, longitude, coordinatesOf: town === undefined ? 'country' : 'town' };
}

/** `Saint-Étienne`, `saint etienne` and `SAINT-ETIENNE` are one town; `Łódź` is written `Lodz` by hand in the table. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[-.’']/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
