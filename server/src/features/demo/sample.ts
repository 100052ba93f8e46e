import { readFileSync } from 'node:fs';

import { parse } from 'yaml';
import { z } from 'zod';

import { languages } from '../../core/policy/rule.ts';

const folder = new URL('../../../../data/sample/', import.meta.url);
const language = z.enum(languages);

const mail = z.object({
  language,
  daysAgo: z.number().int(),
  from: z.string(),
  subject: z.string(),
  body: z.string(),
});
const document = z.object({ language, title: z.string(), text: z.string() });
const contact = z.object({ name: z.string(), email: z.email(), phone: z.string(), note: z.string() });

export interface Sample {
  readonly mails: readonly z.output<typeof mail>[];
  readonly documents: readonly z.output<typeof document>[];
  readonly contacts: readonly z.output<typeof contact>[];
}

export const sampleName = 'Björkdal Möbler (sample)';

/** The sample company as it is shipped. */
export function readSample(): Sample {
  const read = <T>(name: string, schema: z.ZodType<T>): T =>
    schema.parse(parse(readFileSync(new URL(name, folder), 'utf8')));
  return {
    mails: read('mails.yaml', z.array(mail)),
    documents: read('documents.yaml', z.array(document)),
    contacts: read('contacts.yaml', z.array(contact)),
  };
}
