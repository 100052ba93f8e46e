import { z } from 'zod';

import { op } from './operation.ts';

/** What guardrails can look for. Names and postal addresses are not among it: nothing here finds those reliably. */
export const guardDetectors = [
  'known_subject',
  'email',
  'iban',
  'vat_number',
  'payment_card',
  'date_of_birth',
  'se_personnummer',
  'fr_nir',
  'de_rentenversicherungsnummer',
  'de_steuer_id',
  'gb_nino',
  'gb_nhs_number',
  'fr_siret',
  'fr_siren',
  'se_organisationsnummer',
  'phone',
  'ip_address',
] as const;

/** The mildest first. What is masked and restored never reaches the model, and stands in the answer again. */
export const guardRequestActions = ['flag', 'mask_and_restore', 'mask', 'block'] as const;
export const guardAnswerActions = ['flag', 'mask', 'block'] as const;

const detector = z.enum(guardDetectors);

/** By detector; one that is left out is not looked for. */
export const guardRules = z.partialRecord(
  detector,
  z.strictObject({
    request: z.enum(guardRequestActions).optional(),
    answer: z.enum(guardAnswerActions).optional(),
  }),
);

export const guardrailsView = z.object({
  /** This organisation's own. */
  rules: guardRules,
  /** Of the organisations above it: they bind, and can be tightened only. */
  inherited: guardRules,
  /** Both together: what every call of the organisation is held to. */
  effective: guardRules,
  /** Keys with rules of their own, which tighten further. */
  keys: z.array(z.object({ keyId: z.string(), name: z.string(), rules: guardRules })),
  changedAt: z.iso.datetime().nullable(),
});

export const guardFinding = z.object({
  detector,
  /** In UTF-16 units of the text. */
  start: z.number().int(),
  end: z.number().int(),
  /** What the rules do with it; null where they do not look for it. */
  action: z.enum(guardRequestActions).nullable(),
});

const rulesBody = z.object({ rules: guardRules });

export const guardrailsOperations = {
  get: op({
    id: 'guardrails.get',
    method: 'GET',
    path: '/api/v1/guardrails',
    summary: 'What is looked for in requests and answers, and what is done with what is found',
    scope: 'content:read',
    result: guardrailsView,
  }),
  set: op({
    id: 'guardrails.set',
    method: 'PUT',
    path: '/api/v1/guardrails',
    summary: 'Set the guardrails of this organisation; never milder than those above it',
    scope: 'content:write',
    body: rulesBody,
    result: guardrailsView,
  }),
  setKey: op({
    id: 'guardrails.setKey',
    method: 'PUT',
    path: '/api/v1/guardrails/keys/{keyId}',
    summary: 'Tighten the guardrails for one key; empty rules take its own away',
    scope: 'content:write',
    params: z.object({ keyId: z.string() }),
    body: rulesBody,
    result: guardrailsView,
  }),
  test: op({
    id: 'guardrails.test',
    method: 'POST',
    path: '/api/v1/guardrails/test',
    summary: 'What every detector finds in a text, and what the rules would make of it; nothing is kept',
    scope: 'content:read',
    body: z.object({
      text: z.string().max(200_000),
      direction: z.enum(['request', 'answer']).default('request'),
    }),
    result: z.object({
      findings: z.array(guardFinding),
      /** The text as it would go on; null where the call would be stopped. */
      masked: z.string().nullable(),
      /** What is said wherever guardrails speak: finding nothing does not mean that nothing is there. */
      notice: z.string(),
    }),
  }),
};

export type GuardDetector = (typeof guardDetectors)[number];
export type GuardRulesView = z.output<typeof guardRules>;
export type GuardrailsView = z.output<typeof guardrailsView>;
export type GuardFinding = z.output<typeof guardFinding>;
