import type { Route } from '../../platform/http/route.ts';
import { guardRoutes } from './guard-routes.ts';
import type { GuardContext } from './guard-tables.ts';

export { AnswerBlocked, CallGuard } from './call-guard.ts';
export { type GuardFacts, guardFactsOf, readGuardFacts } from './guard-facts.ts';
export { createKnownSubjects, type KnownSubjects } from './known-subjects.ts';

/** Rules about what may be in requests and answers, as people set and try them. */
export const createGuardrails = (context: GuardContext): { readonly routes: readonly Route[] } => ({
  routes: guardRoutes(context),
});
