import type {
  CallInputs,
  DataClass,
  DeploymentFacts,
  Fact,
  Figure,
  PlacementFacts,
  PlacementRequest,
  SiteFacts,
} from '../src/core/placement/facts.ts';
import { type Chance, chanceOf } from './chance.ts';

/** Some sites and deployments, some kinds of work, and the questions asked about them. */
export interface World {
  readonly facts: PlacementFacts;
  cases(count: number): Generator<{ request: PlacementRequest; inputs: CallInputs }>;
}

const day = 86_400_000;
/** Worlds are looked at around this moment; facts begin and end around it. */
const middle = Date.parse('2026-11-22T12:00:00Z');
const moments = [middle - 40 * day, middle, middle, middle + 1, middle + 400 * day] as const;
const models = ['tiny', 'small', 'large'] as const;

export function worldOf(seed: number): World {
  const chance = chanceOf(seed);
  const sites = Array.from({ length: 3 + chance.below(4) }, (_, index) => site(chance, index));
  const siteIds = [...sites.map(({ id }) => id), 'site_missing'];
  const deployments = Array.from({ length: 2 + chance.below(7) }, (_, index) =>
    deployment(chance, index, siteIds),
  );
  const weights = {
    carbon: chance.below(3),
    cost: chance.below(3),
    latency: chance.below(3),
    load: chance.below(3),
  };
  const works = Array.from({ length: 8 }, () => work(chance));
  const times = [chance.pick(moments), chance.pick(moments)] as const;
  return {
    facts: { sites, deployments, weights },
    *cases(count) {
      for (let index = 0; index < count; index++) {
        const given = works[chance.below(works.length)];
        if (given)
          yield {
            request: request(chance, index, given, siteIds),
            inputs: inputs(chance, deployments, chance.pick(times)),
          };
      }
    },
  };
}

/** A fact that is mostly known; one in ten has an end, before, at or after the middle. */
function maybe<T>(chance: Chance, value: T): { fact?: Fact<T> } {
  if (!chance.happens(0.95)) return {};
  const fact: Fact<T> = { value, tier: chance.pick(['T0', 'T1', 'T3']), source: 'case' };
  return { fact: chance.happens(0.1) ? { ...fact, validUntil: moment(chance) } : fact };
}

function moment(chance: Chance): string {
  return new Date(chance.pick([middle - 10 * day, middle, middle + 1, middle + 10 * day])).toISOString();
}

function figure(chance: Chance, limit: number): Figure {
  return {
    value: chance.below(limit),
    tier: 'T0',
    source: 'case',
    provenance: chance.pick(['declared', 'measured', 'unknown']),
  };
}

function site(chance: Chance, index: number): SiteFacts {
  const country = maybe(chance, chance.pick(['SE', 'SE', 'SE', 'FR', 'NO', 'LI', 'US', 'CH', 'GB'])).fact;
  const operator = maybe(chance, `operator ${index}`).fact;
  const parent = maybe(chance, {
    name: 'parent',
    country: chance.pick(['SE', 'SE', 'FR', 'NO', 'US', 'GB']),
  }).fact;
  const certificate = (): Fact<string> => ({
    value: chance.pick(['ISO/IEC 27001', 'HDS']),
    tier: 'T0',
    source: 'case',
    ...(chance.happens(0.5) && { validUntil: moment(chance) }),
  });
  const opens: Fact<string> = {
    value: moment(chance),
    tier: 'T0',
    source: 'case',
    ...(chance.happens(0.1) && { validUntil: moment(chance) }),
  };
  return {
    id: `site_${index}`,
    slug: `site-${index}`,
    name: `Site ${index}`,
    place: 'somewhere',
    latitude: 60,
    longitude: 15,
    simulated: chance.happens(0.1),
    unclaimed: chance.happens(0.05),
    ...(country && { country }),
    ...(operator && { operator }),
    ...(parent && { parent }),
    certifications: chance.happens(0.2) ? [certificate(), certificate()] : [],
    ...(chance.happens(0.1) && { opensAt: opens }),
    ...(chance.happens(0.05) && { closesAt: { value: moment(chance), tier: 'T0' as const, source: 'case' } }),
    ...(chance.happens(0.7) && { gramsCo2PerKwh: figure(chance, 600) }),
    ...(chance.happens(0.7) && { eurPerMwh: figure(chance, 300) }),
    ...(chance.happens(0.5) && { pue: { ...figure(chance, 1), value: 1 + chance.below(10) / 10 } }),
    ...(chance.happens(0.7) && { roundTripMs: figure(chance, 200) }),
  };
}

function deployment(chance: Chance, index: number, siteIds: readonly string[]): DeploymentFacts {
  return {
    id: `deployment_${index}`,
    model: chance.pick(models),
    modelVersion: `version_${index}`,
    licence: {
      id: 'case',
      ...(chance.happens(0.15) && { nonCommercial: chance.happens(0.7) }),
      ...(chance.happens(0.15) && { revenueCapEurPerMonth: 1_000_000 }),
    },
    siteId: chance.happens(0.02)
      ? 'site_missing'
      : (siteIds[chance.below(siteIds.length - 1)] ?? 'site_missing'),
    engine: { id: `engine_${index}`, kind: 'scripted' },
    ...(chance.happens(0.7) && { contextTokens: 1000 }),
    ...(chance.happens(0.7) && { slots: 4 }),
    ready: chance.happens(0.95),
  };
}

type Work = Pick<
  PlacementRequest,
  'dataClass' | 'purpose' | 'demonstration' | 'organisation' | 'organisationId'
>;

function work(chance: Chance): Work {
  const dataClass = chance.pick<DataClass | undefined>([
    undefined,
    'public',
    'internal',
    'personal',
    'personal',
    'special',
  ]);
  return {
    ...(dataClass && { dataClass }),
    purpose: chance.pick(['', 'support', 'research', 'teaching']),
    demonstration: chance.happens(0.2),
    organisationId: chance.pick(['org_a', 'org_b']),
    organisation: {
      demonstration: chance.happens(0.1),
      ...(chance.happens(0.7) && {
        revenueEur: chance.pick([11_999_988, 12_000_000, 12_000_001, 50_000_000]),
      }),
    },
  };
}

function request(chance: Chance, index: number, given: Work, siteIds: readonly string[]): PlacementRequest {
  const anySite = () =>
    siteIds[chance.below(siteIds.length - (chance.happens(0.02) ? 0 : 1))] ?? 'site_missing';
  return {
    ...given,
    callId: `call_${index}`,
    model: chance.happens(0.02) ? 'smal' : chance.pick(models),
    ingressSiteId: anySite(),
    ...(chance.happens(0.3) && { workerSiteId: anySite() }),
    storageSiteIds: chance.happens(0.5) ? [anySite()] : [],
    backupSiteIds: chance.happens(0.3) ? [anySite()] : [],
    ...(chance.happens(0.8) && { inputTokens: chance.pick([10, 500, 999, 1000, 4000]) }),
    ...(chance.happens(0.5) && { maxTokens: chance.pick([1, 500]) }),
  };
}

function inputs(chance: Chance, deployments: readonly DeploymentFacts[], now: number): CallInputs {
  const some = <T>(share: number, value: () => T) =>
    Object.fromEntries(
      deployments.flatMap(({ id }) => (chance.happens(share) ? [[id, value()] as const] : [])),
    );
  return {
    now,
    inFlight: some(0.4, () => chance.below(6)),
    breakers: some(0.1, () => chance.pick(['open', 'half-open', 'closed'])),
    seed: chance.below(2 ** 32),
  };
}
