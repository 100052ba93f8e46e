import type { PolicyJudge } from '../../core/policy/judge.ts';
import type { Route } from '../../platform/http/route.ts';
import type { AnyTransaction } from '../../platform/postgres/database.ts';
import { createCedar } from './cedar-judge.ts';
import type { PlacementContext } from './placement-context.ts';
import { placementRoutes } from './placement-routes.ts';
import { createSnapshotReader, type PlacementSnapshot } from './placement-snapshot.ts';
import { ensurePolicy } from './policy-service.ts';
import { readPolicy } from './policy-text.ts';

export type { PlacementContext } from './placement-context.ts';
export type { PlacementSnapshot } from './placement-snapshot.ts';
export { starterPolicy } from './policy-text.ts';

export interface Placements {
  readonly routes: readonly Route[];
  /** At each start of a control process. */
  ensurePolicy(): Promise<void>;
  /** For a gateway's own snapshot, in its transaction (it writes the facts that decisions will name). */
  readSnapshot(trx: AnyTransaction): Promise<PlacementSnapshot>;
}

export function createPlacements(context: PlacementContext): Placements {
  const parts = { ...context, cedar: createCedar() };
  return {
    routes: placementRoutes(parts),
    ensurePolicy: () => ensurePolicy(parts),
    readSnapshot: createSnapshotReader(parts),
  };
}

/** A judge for a policy's text, with a Cedar of its own: for tests and benchmarks. */
export function createJudge(text: string): PolicyJudge {
  return createCedar().judgeOf(readPolicy(text));
}
