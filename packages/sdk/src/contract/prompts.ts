import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { op } from './operation.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);

/** Names as `{{name}}` in the text. Without a default a variable must be given. */
const promptVariable = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean']).default('string'),
  default: value.optional(),
  description: z.string().max(500).optional(),
  /** The only values it may have. */
  options: z.array(value).min(1).max(100).optional(),
  maxLength: z.number().int().min(1).max(1_000_000).optional(),
});

export const promptText = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['system', 'developer', 'user', 'assistant']),
        content: z.string().min(1).max(200_000),
      }),
    )
    .min(1)
    .max(100),
  variables: z.record(z.string().regex(/^[A-Za-z_]\w{0,63}$/), promptVariable).default({}),
  /** For calls that name none. */
  model: z.string().min(1).max(300).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.number().int().min(1).optional(),
});

const promptVersionSummary = z.object({
  version: z.number().int(),
  labels: z.array(z.string()),
  /** Keyed: equal for equal texts of this organisation. Receipts name it. */
  digest: z.string(),
  createdAt: z.iso.datetime(),
});

export const promptSummary = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  latest: z.number().int().nullable(),
  labels: z.record(z.string(), z.number().int()),
});

export const promptDetail = promptSummary.extend({ versions: z.array(promptVersionSummary) });

export const promptVersion = promptVersionSummary.extend({ promptId: z.string(), text: promptText });

const name = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{0,119}$/, 'lower-case letters, digits, dots, dashes and underscores');
const label = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,39}$/, 'a word of lower-case letters, digits, dots and dashes');
const promptParams = z.object({ promptId: z.string().describe(flagWords.idOrName.en) });
const versionParam = z.string().describe(flagWords.promptVersion.en);

export const promptsOperations = {
  list: op({
    id: 'prompts.list',
    method: 'GET',
    path: '/api/v1/prompts',
    summary: 'Prompt templates of this organisation',
    scope: 'content:read',
    result: z.object({ items: z.array(promptSummary) }),
  }),
  create: op({
    id: 'prompts.create',
    method: 'POST',
    path: '/api/v1/prompts',
    summary: 'Create a prompt template with its first version, which gets the label production',
    scope: 'prompts:write',
    body: z.object({ name, text: promptText }),
    result: promptDetail,
  }),
  get: op({
    id: 'prompts.get',
    method: 'GET',
    path: '/api/v1/prompts/{promptId}',
    summary: 'A prompt template with its versions and labels',
    scope: 'content:read',
    params: promptParams,
    result: promptDetail,
  }),
  version: op({
    id: 'prompts.version',
    method: 'GET',
    path: '/api/v1/prompts/{promptId}/versions/{version}',
    summary: 'The text of one version',
    scope: 'content:read',
    params: promptParams.extend({ version: versionParam }),
    result: promptVersion,
  }),
  addVersion: op({
    id: 'prompts.addVersion',
    method: 'POST',
    path: '/api/v1/prompts/{promptId}/versions',
    summary: 'Add a version; the ones before stay as they are, and labels stay where they are',
    scope: 'prompts:write',
    params: promptParams,
    body: z.object({ text: promptText }),
    result: promptDetail,
  }),
  setLabel: op({
    id: 'prompts.setLabel',
    method: 'PUT',
    path: '/api/v1/prompts/{promptId}/labels/{label}',
    summary: 'Put a label on a version; calls that name the label use it within a second',
    scope: 'prompts:write',
    params: promptParams.extend({ label }),
    body: z.object({ version: z.number().int().min(1) }),
    result: promptDetail,
  }),
  removeLabel: op({
    id: 'prompts.removeLabel',
    method: 'DELETE',
    path: '/api/v1/prompts/{promptId}/labels/{label}',
    summary: 'Take a label away',
    scope: 'prompts:write',
    params: promptParams.extend({ label }),
    result: promptDetail,
  }),
  render: op({
    id: 'prompts.render',
    method: 'POST',
    path: '/api/v1/prompts/{promptId}/render',
    summary: 'Fill a template as a call would; nothing is sent and nothing is kept',
    scope: 'content:read',
    params: promptParams,
    body: z.object({ version: versionParam.optional(), variables: z.record(z.string(), value).default({}) }),
    result: z.object({
      version: z.number().int(),
      messages: z.array(z.object({ role: z.string(), content: z.string() })),
    }),
  }),
  diff: op({
    id: 'prompts.diff',
    method: 'GET',
    path: '/api/v1/prompts/{promptId}/diff',
    summary: 'What changed between two versions, line by line',
    scope: 'content:read',
    params: promptParams,
    query: z.object({ from: versionParam, to: versionParam }),
    result: z.object({
      from: z.number().int(),
      to: z.number().int(),
      lines: z.array(z.object({ change: z.enum(['same', 'added', 'removed']), text: z.string() })),
    }),
  }),
  remove: op({
    id: 'prompts.remove',
    method: 'DELETE',
    path: '/api/v1/prompts/{promptId}',
    summary: 'Remove a prompt template and all its versions, with the keys of their texts',
    scope: 'prompts:write',
    params: promptParams,
    result: z.object({ removed: z.string() }),
  }),
};

export type PromptSummary = z.output<typeof promptSummary>;
export type PromptDetail = z.output<typeof promptDetail>;
export type PromptVersion = z.output<typeof promptVersion>;
export type PromptText = z.output<typeof promptText>;
