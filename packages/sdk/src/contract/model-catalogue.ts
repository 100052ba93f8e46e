import { z } from 'zod';

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

export const modelCatalogueOperations = {
  catalogue: op({
    id: 'models.catalogue',
    method: 'GET',
    path: '/api/v1/catalogue',
    summary: 'Open models of Europe: makers, licence terms, languages, context; and whether you may use them',
    scope: 'models:read',
    result: z.object({
      items: z.array(
        catalogueModel.extend({
          /** Null: your revenue, or the licence, is not known. */
          licenceAllows: z.boolean().nullable(),
          deployed: z.boolean(),
        }),
      ),
    }),
  }),
};

export type CatalogueModel = z.output<typeof catalogueModel>;
