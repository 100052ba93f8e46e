import type { DeploymentFacts } from '../../core/placement/facts.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Route } from '../../platform/http/route.ts';
import type { InnerAnswer, InnerCall, Resource } from '../gateway/index.ts';
import type { BatchesContext } from './batch-context.ts';
import { batchResources } from './batch-resources.ts';
import { batchRoutes } from './batch-routes.ts';
import { BatchRunner, batchTimes } from './batch-runner.ts';
import { BatchService } from './batch-service.ts';
import { InputLines } from './input-lines.ts';
import { linesAtOnce, ModelGate } from './model-gate.ts';

export type { BatchRunner } from './batch-runner.ts';

export interface Batches {
  /** Of the admin API. */
  readonly routes: readonly Route[];
  /** Of the gateway. */
  readonly resources: readonly Resource[];
}

/** Batches as callers see them. */
export function createBatches(context: BatchesContext): Batches {
  const batches = new BatchService(context);
  return { routes: batchRoutes(batches), resources: batchResources(batches) };
}

export interface BatchRunnerOptions extends BatchesContext {
  /** The one way to an engine: a call like any other. */
  readonly ask: (call: InnerCall) => Promise<InnerAnswer>;
  /** Deployments that serve a model, as things stand. */
  readonly serving: (model: string) => readonly Pick<DeploymentFacts, 'slots' | 'ready'>[];
  /** Days that the organisation keeps calls; undefined: none. */
  readonly retentionDays: (organisationId: string) => number | undefined;
  readonly longestLine: number;
  readonly log: Logger;
  readonly times?: { readonly leaseMs: number; readonly everyMs: number };
}

/** Runs batches, beside others that do the same. */
export function createBatchRunner({ serving, times, ...options }: BatchRunnerOptions): BatchRunner {
  const gate = new ModelGate((model) => linesAtOnce(serving(model)));
  return new BatchRunner({ ...options, ...(times ?? batchTimes), gate, lines: new InputLines() });
}
