import { z } from 'zod';

import { languages } from '../language.ts';
import { op } from './operation.ts';
import { problemWords } from './problem-words.ts';
import { roles, scopes } from './scopes.ts';

export const languageSchema = z.enum(languages);
export const dataClassSchema = z.enum(['public', 'internal', 'personal', 'special']);
const timeSchema = z.iso.datetime();
const nameSchema = z.string().trim().min(1).max(120);
/** Long beats complicated (NIST SP 800-63B §3.1.1): length is the only demand. */
const passphraseSchema = z.string().min(12).max(200);
const countrySchema = z.string().regex(/^[A-Z]{2}$/, problemWords.country.en);

export const organisationSchema = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  language: languageSchema,
  demonstration: z.boolean(),
  /** Yearly group revenue in euro; licences with a revenue limit need it. */
  revenueEur: z.number().nonnegative().nullable(),
  /** Days that prompts and answers are kept; null keeps nothing. */
  retentionDays: z.number().int().positive().nullable(),
  createdAt: timeSchema,
});

export const memberSchema = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  since: timeSchema,
});

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The first characters, to recognise it by; the rest is not kept. */
  prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  dataClass: dataClassSchema.nullable(),
  purpose: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
});

const meSchema = z.object({
  user: z
    .object({ id: z.string(), email: z.string(), name: z.string(), language: languageSchema })
    .nullable(),
  organisation: organisationSchema,
  scopes: z.array(z.enum(scopes)),
  /** Every organisation the caller may switch to. */
  organisations: z.array(
    organisationSchema.pick({ id: true, name: true, parentId: true, demonstration: true }),
  ),
});

export const identityOperations = {
  claim: op({
    id: 'instance.claim',
    method: 'POST',
    path: '/api/v1/claim',
    summary: 'Claim a new instance with the one-time token that its first start printed',
    scope: 'none',
    body: z.object({
      token: z.string().min(20),
      organisation: nameSchema,
      name: nameSchema,
      email: z.email(),
      passphrase: passphraseSchema,
      language: languageSchema,
      machine: z
        .object({
          country: countrySchema,
          operator: nameSchema,
          /** Who ultimately owns the operator, and where that owner sits; the operator itself when left out. */
          parent: z.object({ name: nameSchema, country: countrySchema }).optional(),
          /** The town. Kulning knows where the larger ones of Europe lie; of another one give the coordinates. */
          place: nameSchema.optional(),
          /** Degrees, both or neither. Without them the map takes the town's, else the middle of the country, and says so. */
          latitude: z.number().min(-90).max(90).optional(),
          longitude: z.number().min(-180).max(180).optional(),
        })
        .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
          path: ['longitude'],
          error: problemWords.coordinates.en,
        }),
    }),
    result: meSchema,
  }),
  login: op({
    id: 'session.login',
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Sign in; sets an httpOnly session cookie',
    scope: 'none',
    body: z.object({ email: z.email(), passphrase: z.string().max(200) }),
    result: meSchema,
  }),
  logout: op({
    id: 'session.logout',
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'Sign out',
    scope: 'none',
    result: z.object({ signedOut: z.boolean() }),
  }),
  me: op({
    id: 'session.me',
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who am I, where, and what may I do',
    scope: 'organisations:read',
    result: meSchema,
  }),
  switchOrganisation: op({
    id: 'session.switch',
    method: 'PUT',
    path: '/api/v1/session/organisation',
    summary: 'Act in another organisation',
    scope: 'organisations:read',
    body: z.object({ organisationId: z.string() }),
    result: meSchema,
  }),
  listOrganisations: op({
    id: 'organisations.list',
    method: 'GET',
    path: '/api/v1/organisations',
    summary: 'This organisation and its clients',
    scope: 'organisations:read',
    result: z.object({ items: z.array(organisationSchema) }),
  }),
  createOrganisation: op({
    id: 'organisations.create',
    method: 'POST',
    path: '/api/v1/organisations',
    summary: 'Create a client organisation under this one',
    scope: 'organisations:write',
    body: z.object({ name: nameSchema, language: languageSchema.default('en') }),
    result: organisationSchema,
  }),
  updateOrganisation: op({
    id: 'organisations.update',
    method: 'PATCH',
    path: '/api/v1/organisation',
    summary: 'Change this organisation',
    scope: 'organisations:write',
    body: z.object({
      name: nameSchema.optional(),
      language: languageSchema.optional(),
      revenueEur: z.number().nonnegative().nullable().optional(),
      retentionDays: z.number().int().min(1).max(3650).nullable().optional(),
    }),
    result: organisationSchema,
  }),
  listMembers: op({
    id: 'members.list',
    method: 'GET',
    path: '/api/v1/members',
    summary: 'Who belongs to this organisation, and as what',
    scope: 'members:read',
    result: z.object({ items: z.array(memberSchema) }),
  }),
  addMember: op({
    id: 'members.add',
    method: 'POST',
    path: '/api/v1/members',
    summary: 'Add a person; the first passphrase is theirs to change',
    scope: 'members:write',
    body: z.object({ email: z.email(), name: nameSchema, role: z.enum(roles), passphrase: passphraseSchema }),
    result: memberSchema,
  }),
  changeMember: op({
    id: 'members.change',
    method: 'PATCH',
    path: '/api/v1/members/{userId}',
    summary: 'Change a member’s role',
    scope: 'members:write',
    params: z.object({ userId: z.string() }),
    body: z.object({ role: z.enum(roles) }),
    result: memberSchema,
  }),
  removeMember: op({
    id: 'members.remove',
    method: 'DELETE',
    path: '/api/v1/members/{userId}',
    summary: 'Remove a member; their sessions end at once',
    scope: 'members:write',
    params: z.object({ userId: z.string() }),
    result: z.object({ removed: z.boolean() }),
  }),
  listKeys: op({
    id: 'keys.list',
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'API keys of this organisation',
    scope: 'keys:read',
    result: z.object({ items: z.array(keySchema) }),
  }),
  createKey: op({
    id: 'keys.create',
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Create an API key; its secret is shown this once',
    scope: 'keys:write',
    body: z.object({
      name: nameSchema,
      scopes: z.array(z.enum(scopes)).min(1).default(['calls:create', 'models:read', 'receipts:read']),
      /** What calls with this key carry unless they say more; without it they are unclassified and refused. */
      dataClass: dataClassSchema.nullable().default(null),
      purpose: z.string().trim().min(1).max(120).default('general'),
      expiresInDays: z.number().int().min(1).max(3650).nullable().default(365),
    }),
    result: keySchema.extend({ secret: z.string() }),
  }),
  revokeKey: op({
    id: 'keys.revoke',
    method: 'DELETE',
    path: '/api/v1/keys/{keyId}',
    summary: 'Revoke an API key; gateways stop taking it within a second',
    scope: 'keys:write',
    params: z.object({ keyId: z.string() }),
    result: keySchema,
  }),
};
