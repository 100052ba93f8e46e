import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { op } from './operation.ts';
import { problemWords } from './problem-words.ts';

/** Billionths are the smallest part of a euro that is counted, millionths that of a gram. */
const eur = (scale: 6 | 9) =>
  z
    .number()
    .min(0)
    .max(9_000_000)
    .refine((value) => Math.abs(value * 10 ** scale - Math.round(value * 10 ** scale)) < 1e-3, {
      error: problemWords[scale === 6 ? 'sixDecimals' : 'nineDecimals'].en,
    });

export const limitLevel = z.enum(['key', 'team', 'organisation', 'agency']);

const limitValues = z.object({
  requestsPerMinute: z.number().int().min(0).nullable(),
  tokensPerMinute: z.number().int().min(0).nullable(),
  concurrentCalls: z.number().int().min(0).nullable(),
  eurPerDay: eur(9).nullable(),
  eurPerMonth: eur(9).nullable(),
  gramsCo2PerMonth: z.number().min(0).max(9_000_000_000).nullable(),
});

/** What counts against budgets since the UTC day and month began. */
const used = z.object({
  calls: z.number().int(),
  /** Of them, those whose cost is unknown and that count with what had been reserved for them, or with nothing. */
  unpricedCalls: z.number().int(),
  tokens: z.number().int(),
  eur: z.number(),
  gramsCo2: z.number(),
});

export const limitView = z.object({
  level: limitLevel,
  scopeId: z.string(),
  /** Of the key, team or organisation. */
  name: z.string(),
  limits: limitValues,
  usedToday: used,
  usedThisMonth: used,
  /** Calls at once that gateways have leased room for, used or not. */
  slotsLeased: z.number().int(),
});

export const teamView = z.object({
  id: z.string(),
  name: z.string(),
  keyIds: z.array(z.string()),
  userIds: z.array(z.string()),
  createdAt: z.iso.datetime(),
});

export const budgetAlert = z.object({
  level: limitLevel,
  scopeId: z.string(),
  name: z.string(),
  budget: z.enum(['eurPerDay', 'eurPerMonth', 'gramsCo2PerMonth']),
  /** `2026-11-22` or `2026-11`. */
  period: z.string(),
  percent: z.number().int(),
  used: z.number(),
  limit: z.number(),
  at: z.iso.datetime(),
});

export const limitRefusal = z.object({
  hour: z.iso.datetime(),
  keyId: z.string(),
  level: limitLevel,
  scopeId: z.string(),
  limit: z.string(),
  calls: z.number().int(),
});

export const priceView = z.object({
  id: z.string(),
  deploymentId: z.string(),
  eurPerMillionInput: z.number(),
  eurPerMillionOutput: z.number(),
  eurPerCall: z.number(),
  validFrom: z.iso.datetime(),
  /** What calls cost now; others have ended or are still to come. */
  current: z.boolean(),
});

/** A sum over calls. Null is unknown for all of them; `…UnknownCalls` says for how many it is not in the sum. */
const statementSums = z.object({
  calls: z.number().int(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  tokensUnknownCalls: z.number().int(),
  /** Exact, in decimals. */
  eur: z.string().nullable(),
  eurUnknownCalls: z.number().int(),
  wattHours: z.number().nullable(),
  energyUnknownCalls: z.number().int(),
  energyProvenance: z.array(z.string()),
  gramsCo2: z.number().nullable(),
  carbonUnknownCalls: z.number().int(),
  carbonProvenance: z.array(z.string()),
});

export const statement = z.object({
  organisation: z.object({ id: z.string(), name: z.string() }),
  /** UTC. */
  month: z.string(),
  lines: z.array(
    statementSums.extend({
      model: z.string(),
      siteId: z.string().nullable(),
      /** The prices that these calls were charged by. */
      priceIds: z.array(z.string()),
    }),
  ),
  total: statementSums,
  /** Refused, failed and interrupted calls, and those that ended before an answer began: they cost nothing. */
  uncharged: z.number().int(),
});

const teamParams = z.object({ teamId: z.string() });
const monthParams = z.object({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, problemWords.month.en),
});
const ofOrganisation = z.object({
  organisationId: z.string().optional().describe(flagWords.organisation.en),
});

export const limitsOperations = {
  list: op({
    id: 'limits.list',
    method: 'GET',
    path: '/api/v1/limits',
    summary: 'Limits of keys, teams and organisations, and what was used of them',
    scope: 'limits:read',
    result: z.object({ items: z.array(limitView) }),
  }),
  set: op({
    id: 'limits.set',
    method: 'PUT',
    path: '/api/v1/limits/{level}/{scopeId}',
    summary: 'Set limits of a key, team, organisation or agency; gateways keep to them within a second',
    scope: 'limits:write',
    params: z.object({ level: limitLevel, scopeId: z.string() }),
    /** What is left out stays as it is; null is unlimited. */
    body: limitValues.partial(),
    result: limitView,
  }),
  refusals: op({
    id: 'limits.refusals',
    method: 'GET',
    path: '/api/v1/limit-refusals',
    summary: 'Calls that limits refused, by hour, key and limit',
    scope: 'limits:read',
    query: z.object({ days: z.coerce.number().int().min(1).max(92).default(7) }),
    result: z.object({ items: z.array(limitRefusal) }),
  }),
  alerts: op({
    id: 'limits.alerts',
    method: 'GET',
    path: '/api/v1/budget-alerts',
    summary: 'Budgets that reached 50, 80 or 100 percent, newest first',
    scope: 'limits:read',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    result: z.object({ items: z.array(budgetAlert) }),
  }),
};

export const teamsOperations = {
  list: op({
    id: 'teams.list',
    method: 'GET',
    path: '/api/v1/teams',
    summary: 'Teams: groups of members and keys that share limits',
    scope: 'limits:read',
    result: z.object({ items: z.array(teamView) }),
  }),
  create: op({
    id: 'teams.create',
    method: 'POST',
    path: '/api/v1/teams',
    summary: 'Create a team',
    scope: 'limits:write',
    body: z.object({ name: z.string().trim().min(1).max(120) }),
    result: teamView,
  }),
  change: op({
    id: 'teams.change',
    method: 'PATCH',
    path: '/api/v1/teams/{teamId}',
    summary: 'Say who and which keys are in a team; a key is in one team at most',
    scope: 'limits:write',
    params: teamParams,
    body: z.object({
      name: z.string().trim().min(1).max(120).optional(),
      keyIds: z.array(z.string()).max(10_000).optional(),
      userIds: z.array(z.string()).max(10_000).optional(),
    }),
    result: teamView,
  }),
  remove: op({
    id: 'teams.remove',
    method: 'DELETE',
    path: '/api/v1/teams/{teamId}',
    summary: 'Remove a team and its limits; its members and keys stay',
    scope: 'limits:write',
    params: teamParams,
    result: z.object({ removed: z.string() }),
  }),
};

export const pricesOperations = {
  list: op({
    id: 'prices.list',
    method: 'GET',
    path: '/api/v1/prices',
    summary: 'The price list, with the versions before and to come',
    scope: 'limits:read',
    result: z.object({ items: z.array(priceView) }),
  }),
  set: op({
    id: 'prices.set',
    method: 'POST',
    path: '/api/v1/prices',
    summary: 'Set what a deployment costs from a moment on; no earlier version is changed',
    scope: 'prices:write',
    body: z.object({
      deploymentId: z.string(),
      eurPerMillionInput: eur(6),
      eurPerMillionOutput: eur(6),
      eurPerCall: eur(9).default(0),
      validFrom: z.iso.datetime().optional().describe(flagWords.priceFrom.en),
    }),
    result: priceView,
  }),
};

export const statementsOperations = {
  list: op({
    id: 'statements.list',
    method: 'GET',
    path: '/api/v1/statements/{month}',
    summary: 'Usage of a month: this organisation and each of its clients',
    scope: 'limits:read',
    params: monthParams,
    result: z.object({ items: z.array(statement) }),
  }),
  csv: op({
    id: 'statements.csv',
    method: 'GET',
    path: '/api/v1/statements/{month}/csv',
    summary: 'The statement of a month as CSV, for one organisation',
    scope: 'limits:read',
    params: monthParams,
    query: ofOrganisation,
    result: z.string(),
    file: 'text/csv; charset=utf-8',
  }),
};

export type LimitLevelName = z.output<typeof limitLevel>;
export type LimitView = z.output<typeof limitView>;
export type LimitValues = z.output<typeof limitValues>;
export type TeamView = z.output<typeof teamView>;
export type BudgetAlert = z.output<typeof budgetAlert>;
export type LimitRefusalView = z.output<typeof limitRefusal>;
export type PriceView = z.output<typeof priceView>;
export type Statement = z.output<typeof statement>;
