import { backupOperations } from './backup.ts';
import { batchesOperations } from './batches.ts';
import { callsOperations } from './calls.ts';
import { filesOperations } from './files.ts';
import { identityOperations } from './identity.ts';
import { instanceOperations } from './instance.ts';
import { modelCatalogueOperations } from './model-catalogue.ts';
import { modelPullOperations } from './model-pulls.ts';
import { limitsOperations, pricesOperations, statementsOperations, teamsOperations } from './limits.ts';
import { deploymentsOperations, enginesOperations, modelsOperations } from './models.ts';
import type { Operation } from './operation.ts';
import { decisionsOperations, policyOperations } from './policy.ts';
import { erasuresOperations, subjectsOperations } from './privacy.ts';
import { proofOperations } from './proof.ts';
import { sitesOperations } from './sites.ts';
import { usageOperations } from './usage.ts';

/** The whole API, in the order in which help lists it. */
export const allOperations: readonly Operation[] = [
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
  proofOperations,
  subjectsOperations,
  erasuresOperations,
  limitsOperations,
  teamsOperations,
  pricesOperations,
  statementsOperations,
  identityOperations,
  backupOperations,
].flatMap((area): Operation[] => Object.values(area));
