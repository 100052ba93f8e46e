import { z } from 'zod';

import { dataClassSchema } from './identity.ts';
import { op } from './operation.ts';
import { provenance } from './sites.ts';

/** The places a piece of work touches. */
export const pathRole = z.enum(['ingress', 'worker', 'storage', 'backup', 'engine']);

export const ruleTag = z.enum(['law', 'licence', 'contract', 'house']);

/** A rule as the reader sees it, words in the reader's language. */
const ruleInWords = z.object({ id: z.string(), tag: ruleTag, words: z.string() });

export const policyRule = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  tag: ruleTag,
  text: z.object({ en: z.string(), fr: z.string(), sv: z.string() }),
  cedar: z.string(),
});

const policyHead = z.object({
  /** `sha256:` and 64 hex digits of the Cedar text. */
  hash: z.string(),
  createdAt: z.string(),
  /** Absent when it was never active. */
  activatedAt: z.string().optional(),
  active: z.boolean(),
});

const policyVersion = policyHead.extend({ text: z.string(), rules: z.array(policyRule) });
export type PolicyVersion = z.output<typeof policyVersion>;

/** A combination of facts that the two policies judge differently. */
const policyDifference = z.object({
  dataClass: z.string(),
  role: pathRole,
  /** The other facts of the case, in words: `the site is in the EU/EEA: no`. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The rules of the policy that refuses. */
  refusedBy: z.array(z.string()),
});

/** What a change does, found by going through every combination of facts that either policy can tell apart. */
export const policyComparison = z.object({
  from: z.string(),
  to: z.string(),
  method: z.literal('exhaustive over facts'),
  combinations: z.number(),
  /** Combinations that the new policy allows and the old one refuses. */
  widened: z.number(),
  narrowed: z.number(),
  /** Does it let `personal` or `special` data go where it could not? */
  widensRestricted: z.boolean(),
  examples: z.object({ widened: z.array(policyDifference), narrowed: z.array(policyDifference) }),
});
export type PolicyComparison = z.output<typeof policyComparison>;

const cedarText = z.string().min(1).max(200_000);

const criterion = z.object({
  name: z.enum(['carbon', 'cost', 'latency', 'load']),
  weight: z.number(),
  /** Absent when unknown; an unknown figure counts as the worst of the scale, never as zero. */
  value: z.number().optional(),
  unit: z.string(),
  provenance,
  /** 0 is best, 1 is worst. */
  share: z.number(),
});

const reason = z.object({
  /** `policy`, or why it could not run: `capacity.full`, `engine.not_ready`, `context.overflow`. */
  code: z.string(),
  words: z.string(),
  role: pathRole.optional(),
  site: z.string().optional(),
  rule: ruleInWords.optional(),
});

const candidate = z.object({
  deployment: z.string(),
  model: z.string(),
  site: z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    country: z.string().optional(),
    simulated: z.boolean(),
  }),
  verdict: z.enum(['chosen', 'possible', 'refused', 'unavailable']),
  /** Why it was refused or cannot run; empty when possible. */
  reasons: z.array(reason),
  /** The rules that permit it. */
  allowedBy: z.array(ruleInWords),
  /** Lower is better. */
  score: z.number().optional(),
  criteria: z.array(criterion),
});

/** A decision in the reader's words: why here, and why not there. */
export const decisionExplained = z.object({
  outcome: z.enum(['placed', 'refused']),
  /** One sentence. */
  words: z.string(),
  code: z.string().optional(),
  hint: z.string().optional(),
  candidates: z.array(candidate),
});
export type DecisionExplained = z.output<typeof decisionExplained>;

export const policyOperations = {
  get: op({
    id: 'policy.get',
    method: 'GET',
    path: '/api/v1/policy',
    summary: 'Show the active policy: its rules in words, its Cedar text and its hash',
    scope: 'policy:read',
    result: policyVersion,
  }),
  versions: op({
    id: 'policy.versions',
    method: 'GET',
    path: '/api/v1/policy/versions',
    summary: 'List every policy that was entered, newest first',
    scope: 'policy:read',
    result: z.object({ items: z.array(policyHead) }),
  }),
  version: op({
    id: 'policy.version',
    method: 'GET',
    path: '/api/v1/policy/versions/{hash}',
    summary: 'Show one policy by its hash',
    scope: 'policy:read',
    params: z.object({ hash: z.string() }),
    result: policyVersion,
  }),
  compare: op({
    id: 'policy.compare',
    method: 'POST',
    path: '/api/v1/policy/compare',
    summary: 'Say what a policy would change, over every combination of facts',
    scope: 'policy:read',
    body: z.strictObject({ text: cedarText }),
    result: policyComparison,
  }),
  activate: op({
    id: 'policy.activate',
    method: 'POST',
    path: '/api/v1/policy/activations',
    summary: 'Make a policy the active one; refused with line and reason when it is wrong',
    scope: 'policy:write',
    body: z.strictObject({
      text: cedarText,
      /** Needed when the change lets personal or special data go wider. */
      acceptWider: z.boolean().default(false),
    }),
    result: z.object({ hash: z.string(), activatedAt: z.string(), comparison: policyComparison }),
  }),
  test: op({
    id: 'policy.test',
    method: 'POST',
    path: '/api/v1/policy/test',
    summary: 'Would this be allowed? Nothing is sent; each possible path is judged',
    scope: 'policy:read',
    body: z.strictObject({
      model: z.string().min(1).max(200),
      /** Absent is unclassified, which is refused. */
      dataClass: dataClassSchema.optional(),
      purpose: z.string().max(200).default(''),
      demonstration: z.boolean().default(false),
      /** Ask about another day: a site that opens in 2027, say. */
      at: z.iso.datetime({ offset: true }).optional(),
      /** Judge by this text in place of the active policy. */
      text: cedarText.optional(),
    }),
    result: decisionExplained,
  }),
};

export const decisionsOperations = {
  get: op({
    id: 'decisions.get',
    method: 'GET',
    path: '/api/v1/decisions/{callId}',
    summary:
      'Explain where a call was placed, by replaying the decision from its recorded facts, inputs and policy',
    scope: 'calls:read',
    params: z.object({ callId: z.string() }),
    result: decisionExplained.extend({
      callId: z.string(),
      decidedAt: z.string(),
      policy: z.string(),
      facts: z.string(),
    }),
  }),
};
