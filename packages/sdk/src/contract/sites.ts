import { z } from 'zod';

import { op } from './operation.ts';
import { problemWords } from './problem-words.ts';

/** How well a fact is known: declared by someone, signed by the site's key, measured by a TPM, confidential computing. */
export const evidenceTier = z.enum(['T0', 'T1', 'T2', 'T3']);

/** Where a figure comes from. `unknown` is never zero. */
export const provenance = z.enum(['measured', 'apportioned', 'modelled', 'declared', 'unknown']);

/** ISO 3166-1 alpha-2. */
export const countryCode = z.string().regex(/^[A-Z]{2}$/, problemWords.country.en);

const instant = z.iso.datetime({ offset: true }).or(z.iso.date());

const fact = <T extends z.ZodType>(value: T) =>
  z.object({ value, tier: evidenceTier, source: z.string(), validUntil: z.string().optional() });

const figure = z.object({
  value: z.number(),
  provenance,
  tier: evidenceTier,
  source: z.string(),
  validUntil: z.string().optional(),
});

const company = z.strictObject({ name: z.string().min(1).max(200), country: countryCode });

const siteKnowledge = {
  country: fact(countryCode).optional(),
  gridZone: fact(z.string()).optional(),
  operator: fact(z.string()).optional(),
  parent: fact(company).optional(),
  certifications: z.array(fact(z.string())),
  opensAt: fact(z.string()).optional(),
  closesAt: fact(z.string()).optional(),
  powerLimitMw: figure.optional(),
  gramsCo2PerKwh: figure.optional(),
  eurPerMwh: figure.optional(),
  pue: figure.optional(),
  roundTripMs: figure.optional(),
};

/** A site with all that is known about it; a fact that is absent is unknown, and unknown denies. */
export const site = z.object({
  id: z.string(),
  slug: z.string(),
  /** `this-machine` where nobody has named the machine that Kulning was started on: show it in the reader's words. */
  name: z.string(),
  /** Empty where nobody said. */
  place: z.string(),
  /** Degrees; absent when nothing is known of where it stands, as for a machine that was just started. */
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  /** Whose coordinates these are: `site` when somebody said them, else those of its `town`, else the middle of its `country`. */
  coordinatesOf: z.enum(['site', 'town', 'country']).optional(),
  /** This machine stands in for it: `public` and demonstration work only. */
  simulated: z.boolean(),
  /** The machine that Kulning was started on, before anyone said where it stands and who runs it. */
  unclaimed: z.boolean(),
  /** Open at the time of the answer. */
  open: z.boolean(),
  /** Who entered it: the starter, `kulning.yaml` or the API. */
  origin: z.enum(['starter', 'config', 'api']),
  ...siteKnowledge,
});
export type Site = z.output<typeof site>;

/** What a person declares: the value alone, or with its source and end of validity. Its tier is T0, always. */
const declared = <T extends z.ZodType>(value: T) =>
  z.union([
    value,
    z.strictObject({ value, source: z.string().min(1).max(500).optional(), validUntil: instant.optional() }),
  ]);

const positive = z.number().min(0);

const declarable = {
  country: declared(countryCode).optional(),
  gridZone: declared(z.string().min(1).max(20)).optional(),
  operator: declared(z.string().min(1).max(200)).optional(),
  parent: declared(company).optional(),
  certifications: z
    .array(declared(z.string().min(1).max(100)))
    .max(50)
    .optional(),
  opensAt: declared(instant).optional(),
  closesAt: declared(instant).optional(),
  powerLimitMw: declared(positive).optional(),
  gramsCo2PerKwh: declared(positive).optional(),
  eurPerMwh: declared(z.number()).optional(),
  pue: declared(z.number().min(1)).optional(),
  roundTripMs: declared(positive).optional(),
};

const identity = {
  name: z.string().min(1).max(100),
  place: z.string().min(1).max(200),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
};

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, problemWords.slug.en);

/** A site as `kulning.yaml` and `sites.create` give it. */
export const siteInput = z.strictObject({
  slug,
  ...identity,
  simulated: z.boolean().default(false),
  ...declarable,
});
export type SiteInput = z.output<typeof siteInput>;

const nullableFacts = Object.fromEntries(
  Object.entries(declarable).map(([key, schema]) => [key, schema.nullable()]),
) as { [K in keyof typeof declarable]: z.ZodNullable<(typeof declarable)[K]> };

/** What changes; `null` withdraws a fact, which then is unknown. Whether a site is simulated never changes. */
export const siteChange = z.strictObject({
  name: identity.name.optional(),
  place: identity.place.optional(),
  latitude: identity.latitude,
  longitude: identity.longitude,
  ...nullableFacts,
});
export type SiteChange = z.output<typeof siteChange>;

const byId = z.object({ id: z.string() });

export const sitesOperations = {
  list: op({
    id: 'sites.list',
    method: 'GET',
    path: '/api/v1/sites',
    summary: 'List the sites with each fact, its evidence tier and its source',
    scope: 'sites:read',
    result: z.object({ items: z.array(site) }),
  }),
  get: op({
    id: 'sites.get',
    method: 'GET',
    path: '/api/v1/sites/{id}',
    summary: 'Show one site, by id or slug',
    scope: 'sites:read',
    params: byId,
    result: site,
  }),
  history: op({
    id: 'sites.history',
    method: 'GET',
    path: '/api/v1/sites/{id}/history',
    summary: 'Show what was said about a site, and from when to when it held',
    scope: 'sites:read',
    params: byId,
    result: z.object({
      items: z.array(
        z.object({
          fact: z.string(),
          value: z.unknown(),
          tier: evidenceTier,
          source: z.string(),
          validUntil: z.string().optional(),
          recordedAt: z.string(),
          replacedAt: z.string().optional(),
        }),
      ),
    }),
  }),
  create: op({
    id: 'sites.create',
    method: 'POST',
    path: '/api/v1/sites',
    summary: 'Add a site with what you declare about it',
    scope: 'sites:write',
    body: siteInput,
    result: site,
  }),
  update: op({
    id: 'sites.update',
    method: 'PATCH',
    path: '/api/v1/sites/{id}',
    summary: 'Change or withdraw facts of a site',
    scope: 'sites:write',
    params: byId,
    body: siteChange,
    result: site,
  }),
  delete: op({
    id: 'sites.delete',
    method: 'DELETE',
    path: '/api/v1/sites/{id}',
    summary: 'Remove a site that nothing uses',
    scope: 'sites:write',
    params: byId,
    result: z.object({ id: z.string() }),
  }),
};
