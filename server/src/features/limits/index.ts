import { type AnyTransaction, tablesOf } from '../../platform/postgres/database.ts';
import { type LimitFacts, readLimitFacts } from './limit-facts.ts';
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
