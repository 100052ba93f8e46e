import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import type { Route } from '../../platform/http/route.ts';
import { raiseAlerts } from './budget-alerts.ts';
import type { LimitContext } from './limit-context.ts';
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
export { type LimitFacts, noLimits } from './limit-facts.ts';

/** In the transaction of a snapshot. */
export const limitFacts = (trx: AnyTransaction): Promise<LimitFacts> =>
  readLimitFacts(tablesOf<LimitTables>(trx));

export interface LimitsFeature {
  readonly routes: readonly Route[];
  readonly tasks: readonly { name: string; everyMs: number; run(): Promise<unknown> }[];
}

/** Limits, teams, prices and statements, as people set and read them. */
export function createLimits(context: LimitContext): LimitsFeature {
  return {
    routes: limitRoutes(context),
    tasks: [{ name: 'budget-alerts', everyMs: 2_000, run: () => raiseAlerts(context) }],
  };
}
