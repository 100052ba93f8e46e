import { z } from 'zod';

import { dataClassSchema, languageSchema } from './identity.ts';
import { op } from './operation.ts';

const placeSchema = z.object({
  site: z.string(),
  place: z.string().nullable(),
  country: z.string().nullable(),
  tier: z.enum(['T0', 'T1', 'T2', 'T3']).nullable(),
  simulated: z.boolean(),
});

const sampleMailSchema = z.object({
  id: z.string(),
  language: languageSchema,
  from: z.string(),
  subject: z.string(),
  body: z.string(),
  receivedAt: z.iso.datetime(),
});

export const instanceOperations = {
  status: op({
    id: 'instance.status',
    method: 'GET',
    path: '/api/v1/instance',
    summary: 'Is this instance claimed, which version runs, and where is its gateway',
    scope: 'none',
    result: z.object({
      claimed: z.boolean(),
      version: z.string(),
      gatewayUrl: z.string(),
      /** The sample company is loaded. */
      demonstration: z.boolean(),
    }),
  }),
  where: op({
    id: 'instance.where',
    method: 'GET',
    path: '/api/v1/where',
    summary: 'Where the data physically is: processing, storage, backups and keys, and on what evidence',
    scope: 'sites:read',
    result: z.object({
      processing: z.array(placeSchema),
      storage: z.array(placeSchema),
      backups: z.array(placeSchema),
      keys: z.array(placeSchema.extend({ folder: z.string() })),
      /** Other sites that this instance knows and that only stand in. */
      simulated: z.array(placeSchema),
    }),
  }),
  steps: op({
    id: 'instance.steps',
    method: 'GET',
    path: '/api/v1/steps',
    summary: 'The five first steps, and which of them this organisation has taken',
    scope: 'calls:read',
    result: z.object({
      items: z.array(
        z.object({ id: z.enum(['triage', 'refusal', 'erase', 'verify', 'model']), done: z.boolean() }),
      ),
    }),
  }),
  demoMails: op({
    id: 'demo.mails',
    method: 'GET',
    path: '/api/v1/demo/mails',
    summary: 'Mails of the sample company',
    scope: 'calls:create',
    result: z.object({ items: z.array(sampleMailSchema) }),
  }),
  demoDocuments: op({
    id: 'demo.documents',
    method: 'GET',
    path: '/api/v1/demo/documents',
    summary: 'Documents of the sample company',
    scope: 'calls:create',
    result: z.object({
      items: z.array(
        z.object({ id: z.string(), language: languageSchema, title: z.string(), text: z.string() }),
      ),
    }),
  }),
  demoReset: op({
    id: 'demo.reset',
    method: 'POST',
    path: '/api/v1/demo/reset',
    summary: 'Put the sample company back as it came',
    scope: 'instance:write',
    result: z.object({ mails: z.number(), documents: z.number(), contacts: z.number() }),
  }),
  demoRemove: op({
    id: 'demo.remove',
    method: 'DELETE',
    path: '/api/v1/demo',
    summary: 'Remove the sample company and all it holds',
    scope: 'instance:write',
    result: z.object({ removed: z.boolean() }),
  }),
  /** The console's playground: the session stands for a key of the organisation; the answer streams like the gateway's. */
  playgroundKey: op({
    id: 'playground.key',
    method: 'POST',
    path: '/api/v1/playground/key',
    summary: 'A key for the playground that lasts one hour',
    scope: 'calls:create',
    /** null leaves its calls unclassified, and so refused: the shortest way to see a refusal. */
    body: z.object({ dataClass: dataClassSchema.nullable() }),
    result: z.object({ secret: z.string(), expiresAt: z.iso.datetime(), gatewayUrl: z.string() }),
  }),
};
