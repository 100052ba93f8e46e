import type { EngineEndpoint } from '../src/core/engine/engine.ts';
import { FactsIndex } from '../src/core/placement/facts-index.ts';
import type { DeploymentFacts, PlacementFacts, SiteFacts } from '../src/core/placement/facts.ts';
import { type LimitFacts, noLimits } from '../src/features/limits/index.ts';
import { type GatewayKey, keyDigest, type Snapshot } from '../src/features/gateway/index.ts';
import { createJudge, starterPolicy } from '../src/features/placement/index.ts';

const declared = <T>(value: T) => ({ value, tier: 'T0' as const, source: 'test' });

export const stockholm: SiteFacts = {
  id: 'site_stockholm',
  slug: 'stockholm',
  name: 'Stockholm',
  place: 'Stockholm',
  latitude: 59.3,
  longitude: 18.1,
  simulated: false,
  unclaimed: false,
  certifications: [],
  country: declared('SE'),
  operator: declared('Test AB'),
  parent: declared({ name: 'Test AB', country: 'SE' }),
  pue: { ...declared(1.1), provenance: 'declared' },
  gramsCo2PerKwh: { ...declared(30), provenance: 'declared' },
};
export const oregon: SiteFacts = {
  ...stockholm,
  id: 'site_oregon',
  slug: 'oregon',
  name: 'Oregon',
  country: declared('US'),
  parent: declared({ name: 'Test Inc', country: 'US' }),
};

export function deployment(over: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    id: 'deployment_one',
    model: 'herd',
    modelVersion: 'version_one',
    licence: { id: 'apache-2.0' },
    siteId: stockholm.id,
    engine: { id: 'engine_one', kind: 'openai-http' },
    ready: true,
    wattHoursPerThousandTokens: { ...declared(2), provenance: 'declared' },
    ...over,
  };
}

export const organisationId = 'org_test';
export const secrets = {
  internal: 'kln_internal',
  public: 'kln_public',
  personal: 'kln_personal',
  unclassified: 'kln_unclassified',
  support: 'kln_support',
  reader: 'kln_reader',
  expired: 'kln_expired',
};

function keysOfTest(): Map<string, GatewayKey> {
  const scopes = new Set(['calls:create', 'models:read', 'receipts:read'] as const);
  const base: GatewayKey = {
    id: 'key_test',
    organisationId,
    scopes,
    dataClass: 'internal',
    purpose: 'general',
    expiresAt: undefined,
  };
  const entries: [string, GatewayKey][] = [
    [secrets.internal, base],
    [secrets.public, { ...base, dataClass: 'public' }],
    [secrets.personal, { ...base, dataClass: 'personal' }],
    [secrets.unclassified, { ...base, dataClass: undefined }],
    [secrets.support, { ...base, purpose: 'support' }],
    [secrets.reader, { ...base, scopes: new Set(['models:read'] as const) }],
    [secrets.expired, { ...base, expiresAt: 1 }],
  ];
  return new Map(entries.map(([secret, key]) => [keyDigest(secret), key]));
}

export function httpEndpoint(url: string): EngineEndpoint {
  return { kind: 'openai-http', origin: { url }, basePath: '/v1', engineModel: 'engine-model' };
}

/** A snapshot in which one organisation may use `deployments`, each at an engine. */
export function snapshotOf(
  engines: readonly { deployment: DeploymentFacts; endpoint: EngineEndpoint }[],
  over: {
    sites?: readonly SiteFacts[];
    retentionDays?: number;
    ingress?: string;
    restricted?: Snapshot['restricted'];
    limits?: LimitFacts;
  } = {},
): Snapshot {
  const facts: PlacementFacts = {
    sites: over.sites ?? [stockholm, oregon],
    deployments: engines.map(({ deployment }) => deployment),
    weights: { carbon: 1, cost: 1, latency: 1, load: 1 },
  };
  return {
    keys: keysOfTest(),
    organisations: new Map([
      [
        organisationId,
        {
          id: organisationId,
          language: 'en',
          demonstration: false,
          revenueEur: undefined,
          retentionDays: over.retentionDays,
        },
      ],
    ]),
    ground: {
      facts,
      index: new FactsIndex(facts),
      factsHash: 'sha256:facts',
      judge: createJudge(starterPolicy),
      endpoints: new Map(engines.map(({ deployment, endpoint }) => [deployment.id, endpoint])),
    },
    places: {
      ingressSiteId: over.ingress ?? stockholm.id,
      storageSiteIds: [stockholm.id],
      backupSiteIds: [],
    },
    limits: over.limits ?? noLimits,
    restricted: over.restricted ?? new Map(),
  };
}
