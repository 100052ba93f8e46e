import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import type { Route } from '../../platform/http/route.ts';
import { raiseAlerts } from './budget-alerts.ts';
import type { LimitContext } from './limit-context.ts';
import { pruneLimits } from './limit-history.ts';
import { limitRoutes } from './limit-routes.ts';
import { readLimitFacts } from './limit-facts-store.ts';
import type { LimitFacts } from './limit-facts.ts';
import type { LimitTables } from './limit-tables.ts';

export type { CallCharge, ChargedCall } from './call-charge.ts';
export {
  CallLimits,
  type CallResult,
  type HeldLimits,
  type LimitedCaller,
  type LimitRefusal,
  type RateState,
} from './call-limits.ts';
export { callBooks, createGatewayLimits, type GatewayLimits } from './gateway-limits.ts';
export { unknownClient } from './limit-errors.ts';
export { type LimitFacts, noLimits } from './limit-facts.ts';
export { shown as limitNames } from './limit-units.ts';
export { exactEur } from './statement-views.ts';

/** In the transaction of a snapshot. */
export const limitFacts = (trx: AnyTransaction): Promise<LimitFacts> =>
  readLimitFacts(tablesOf<LimitTables>(trx));

export interface LimitsFeature {
  readonly routes: readonly Route[];
  readonly tasks: readonly { name: string; everyMs: number; run(signal: AbortSignal): Promise<unknown> }[];
}

const HOUR_MS = 3_600_000;

/** Limits, teams, prices and statements, as people set and read them. */
export function createLimits(context: LimitContext, keepDays: number): LimitsFeature {
  return {
    routes: limitRoutes(context),
    tasks: [
      { name: 'budget-alerts', everyMs: 2_000, run: () => raiseAlerts(context) },
      { name: 'prune-limits', everyMs: HOUR_MS, run: (signal) => pruneLimits(context, keepDays, signal) },
    ],
  };
}
