import { readFileSync } from 'node:fs';

import { siteInput } from '@kulning/sdk';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { placeholders } from '../src/core/placement/explain.ts';
import { readPolicy, starterPolicy } from '../src/features/placement/policy-text.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block]) => block ?? '');

test('docs/policy.md says every rule of the starter policy and every placeholder', () => {
  const text = page('policy.md');
  for (const { id } of readPolicy(starterPolicy).rules) expect(text).toContain(`\`${id}\``);
  for (const name of placeholders) expect(text).toContain(`{${name}}`);
});

test('the rule in docs/policy.md can be added to the starter policy', () => {
  const [rule = ''] = blocks(page('policy.md'), 'cedar');
  expect(readPolicy(`${starterPolicy}\n${rule}`).rules.at(-1)?.id).toBe('notary-in-france');
});

test('the sites in docs/sites.md are what kulning.yaml takes', () => {
  const [yaml = ''] = blocks(page('sites.md'), 'yaml');
  const { sites } = z.strictObject({ sites: z.array(siteInput) }).parse(parse(yaml));
  expect(sites[0]?.slug).toBe('falun');
});
