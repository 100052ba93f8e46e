import { backupOperations } from './backup.ts';
import { batchesOperations } from './batches.ts';
import { cacheOperations } from './cache.ts';
import { callsOperations } from './calls.ts';
import { filesOperations } from './files.ts';
import { guardrailsOperations } from './guardrails.ts';
import { identityOperations } from './identity.ts';
import { instanceOperations } from './instance.ts';
import { modelCatalogueOperations } from './model-catalogue.ts';
import { modelPullOperations } from './model-pulls.ts';
import { limitsOperations, pricesOperations, statementsOperations, teamsOperations } from './limits.ts';
import { deploymentsOperations, enginesOperations, modelsOperations } from './models.ts';
import type { Operation } from './operation.ts';
import { decisionsOperations, policyOperations } from './policy.ts';
import { erasuresOperations, subjectsOperations } from './privacy.ts';
import { promptsOperations } from './prompts.ts';
import { proofOperations } from './proof.ts';
import { sitesOperations } from './sites.ts';
import { usageOperations } from './usage.ts';

/** In the order in which help lists them. */
const areas = [
  instanceOperations,
  callsOperations,
  usageOperations,
  filesOperations,
  batchesOperations,
  modelsOperations,
  modelPullOperations,
  modelCatalogueOperations,
  deploymentsOperations,
  enginesOperations,
  sitesOperations,
  policyOperations,
  decisionsOperations,
  guardrailsOperations,
  promptsOperations,
  cacheOperations,
  proofOperations,
  subjectsOperations,
  erasuresOperations,
  limitsOperations,
  teamsOperations,
  pricesOperations,
  statementsOperations,
  identityOperations,
  backupOperations,
] as const;

type OperationIn<Area> = Area extends unknown ? Area[keyof Area] : never;

/** What each operation has words for: a table over these does not compile without the newest. */
export type OperationId = Extract<OperationIn<(typeof areas)[number]>, Operation>['id'];

/** The whole API. */
export const allOperations: readonly Operation[] = areas.flatMap((area): Operation[] => Object.values(area));
