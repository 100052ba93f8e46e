import { z } from 'zod';

import { languages } from '../../core/policy/rule.ts';

const language = z.enum(languages);

/** What a vault record of the store `sample` holds, as JSON. */
export const sampleItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    id: z.string(),
    language,
    from: z.string(),
    subject: z.string(),
    body: z.string(),
    receivedAt: z.string(),
  }),
  z.object({ kind: z.literal('document'), id: z.string(), language, title: z.string(), text: z.string() }),
  z.object({
    kind: z.literal('contact'),
    id: z.string(),
    name: z.string(),
    email: z.string(),
    phone: z.string(),
    note: z.string(),
  }),
]);

export type SampleItem = z.output<typeof sampleItemSchema>;
