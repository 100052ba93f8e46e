import { z } from 'zod';

import { modelAddition, servesWhat } from './models.ts';
import { op } from './operation.ts';

/** What an open model of Europe is, as its makers say; memory is not here: it is computed from the file. */
export const catalogueModel = z.object({
  id: z.string(),
  name: z.string(),
  by: z.string(),
  /** ISO 3166-1 alpha-2, of its makers. */
  country: z.string().length(2),
  /** Year, and month if known. */
  released: z.string(),
  /** `base` models continue text and hold no conversation. */
  use: z.enum(['chat', 'code', 'audio', 'base']),
  parameters: z.number().int().nullable(),
  /** Of a mixture of experts: those that work on one token. */
  activeParameters: z.number().int().nullable(),
  /** Null where nobody was found to say it. */
  licence: z
    .object({
      id: z.string(),
      nonCommercial: z.boolean().optional(),
      revenueCap: z
        .object({ amount: z.number(), currency: z.literal('USD'), per: z.literal('month') })
        .optional(),
      /** The makers ask for an agreement on their page before they give the file. */
      gated: z.boolean().optional(),
    })
    .nullable(),
  contextTokens: z.number().int().nullable(),
  /** ISO 639-1. Empty: not listed by its makers. */
  languages: z.array(z.string()),
  formats: z.array(z.enum(['gguf', 'vllm'])),
  card: z.url().nullable(),
  /** What files and servers call it. */
  names: z.array(z.string()),
  /** Fields that no card confirmed. */
  unverified: z.array(z.string()),
});

/** Of this machine: what all engines may use, and what those that run use of it. */
export const engineMemory = z.object({ totalBytes: z.number(), takenBytes: z.number() });

export const modelCatalogueOperations = {
  fit: op({
    id: 'models.fit',
    method: 'POST',
    path: '/api/v1/models/fit',
    summary: 'What a model file would need on this machine, by its header, before it is added',
    scope: 'models:write',
    body: modelAddition,
    result: z.object({
      serves: servesWhat,
      contextTokens: z.number().int(),
      /** As the model was trained. */
      mostContextTokens: z.number().int(),
      slots: z.number().int(),
      need: z.object({
        weightsBytes: z.number(),
        cacheBytes: z.number(),
        /** Modelled: what it computes in. */
        workBytes: z.number(),
        totalBytes: z.number(),
      }),
      machine: engineMemory,
      /** Why it does not fit, and what would. */
      problem: z.object({ message: z.string(), hint: z.string().optional() }).nullable(),
    }),
  }),
  catalogue: op({
    id: 'models.catalogue',
    method: 'GET',
    path: '/api/v1/catalogue',
    summary: 'Open models of Europe: makers, licence terms, languages, context; and whether you may use them',
    scope: 'models:read',
    result: z.object({
      machine: engineMemory,
      items: z.array(
        catalogueModel.extend({
          /** Modelled, of a file of 4.5 bits a parameter and a tenth more; the file itself says it. */
          modelledBytes: z.number().nullable(),
          /** Null: your revenue, or the licence, is not known. */
          licenceAllows: z.boolean().nullable(),
          deployed: z.boolean(),
        }),
      ),
    }),
  }),
};

export type CatalogueModel = z.output<typeof catalogueModel>;
