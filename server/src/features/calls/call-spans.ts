import { genAiOperations, genAiProvider } from '../../platform/telemetry/gen-ai.ts';
import type { Span, SpanAttribute } from '../../platform/telemetry/span.ts';
import {
  callSpanIds,
  isInSample,
  isSampled,
  parseTraceParent,
  type TraceParent,
} from '../../platform/telemetry/trace-context.ts';
import type { CallSettlement, FigureJson } from '../dispatch/index.ts';
import type { EndedCall } from './call-leaf.ts';

/** Outcomes that are worth a trace whatever the ratio is. */
const notable = new Set(['failed', 'interrupted']);

/**
 * The spans of calls, in the caller's trace where it came with one. A caller that records its trace gets ours, one that
 * does not gets none; of the others `sampleRatio` decides, but for what failed.
 */
export function callSpans(calls: readonly EndedCall[], sampleRatio: number): Span[] {
  return calls.flatMap((call) => {
    const { callId, traceparent } = call.intent;
    const parent = traceparent === undefined ? undefined : parseTraceParent(traceparent);
    const traced = parent
      ? isSampled(parent)
      : notable.has(outcomeOf(call)) || isInSample(callSpanIds(callId).traceId, sampleRatio);
    return traced ? spansOf(call, parent) : [];
  });
}

const outcomeOf = ({ settlement }: EndedCall) => settlement?.outcome ?? 'interrupted';

/**
 * One span for what Kulning did with the call, and below it one for the engine's part. How the engine's time lay among
 * Kulning's own is not on record, so all of what Kulning added is drawn before it.
 */
function spansOf(call: EndedCall, parent: TraceParent | undefined): Span[] {
  const { intent, settlement } = call;
  const ids = callSpanIds(intent.callId);
  const traceId = parent?.traceId ?? ids.traceId;
  const endMs = settlement?.at ?? intent.at;
  const startMs = settlement ? endMs - settlement.totalMs : intent.at;
  const outcome = outcomeOf(call);
  const failed = notable.has(outcome) || (settlement?.status ?? 0) >= 500;
  const error = failed ? (settlement?.reason ?? outcome) : undefined;
  const operation = genAiOperations[intent.decision.request.ability ?? 'chat'];
  const told = { endMs, traceId, ...(error !== undefined && { error }) };
  const whole: Span = {
    ...told,
    spanId: ids.call,
    ...(parent && { parentId: parent.parentId }),
    name: `kulning ${operation}`,
    kind: 'server',
    startMs,
    attributes: { ...decisionAttributes(call), ...figureAttributes(call), 'error.type': error },
  };
  if (!intent.placed) return [whole];
  const engine: Span = {
    ...told,
    spanId: ids.engine,
    parentId: ids.call,
    name: `${operation} ${intent.decision.request.model}`,
    kind: 'client',
    startMs: startMs + Math.min(settlement?.overheadMs ?? 0, endMs - startMs),
    attributes: { ...modelAttributes(call, operation), 'error.type': error },
  };
  return [whole, engine];
}

type Attributes = Readonly<Record<string, SpanAttribute | undefined>>;

/** Of the decision: what an outsider needs to find the call, its policy and its place. No key, purpose or person. */
function decisionAttributes({ intent, settlement }: EndedCall): Attributes {
  const { decision, placed, rules } = intent;
  return {
    'http.response.status_code': settlement?.status,
    'kulning.receipt.id': intent.callId,
    'kulning.organisation.id': decision.request.organisationId,
    'kulning.call.outcome': settlement?.outcome ?? 'interrupted',
    'kulning.call.reason': settlement?.reason,
    'kulning.decision.outcome': placed ? 'placed' : 'refused',
    'kulning.decision.rules': rules,
    'kulning.data_class': decision.request.dataClass,
    'kulning.policy.hash': decision.policy,
    'kulning.facts.hash': decision.facts,
    'kulning.site.id': placed?.siteId,
    'kulning.site.name': placed?.path.find(({ role }) => role === 'engine')?.site,
    'kulning.site.simulated': placed?.path.some(({ simulated }) => simulated),
    'kulning.deployment.id': placed?.deploymentId,
    'kulning.engine.kind': placed?.engine.kind,
  };
}

/** Figures with where they come from; what is unknown is not there. */
function figureAttributes({ settlement }: EndedCall): Attributes {
  if (!settlement) return {};
  const { energy, carbon, charge, overheadMs } = settlement;
  const figure = (name: string, { value, provenance }: FigureJson): Attributes =>
    value === null ? {} : { [name]: value, [`${name}.provenance`]: provenance };
  return {
    'kulning.overhead_us': Math.round(overheadMs * 1000),
    ...figure('kulning.energy.wh', energy),
    ...figure('kulning.carbon.g', carbon),
    ...costOf(charge),
  };
}

function costOf(charge: CallSettlement['charge']): Attributes {
  if (!charge || charge.nanoEur === null) return {};
  return { 'kulning.cost.eur': charge.nanoEur / 1e9, 'kulning.price.id': charge.priceId ?? undefined };
}

function modelAttributes({ intent, settlement }: EndedCall, operation: string): Attributes {
  const { request } = intent.decision;
  const firstByteMs = settlement?.firstByteMs;
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': genAiProvider,
    'gen_ai.request.model': request.model,
    'gen_ai.response.model': intent.placed?.modelVersion,
    'gen_ai.request.stream': intent.streamed,
    'gen_ai.request.max_tokens': request.maxTokens,
    'gen_ai.response.time_to_first_chunk': firstByteMs === undefined ? undefined : firstByteMs / 1000,
    'gen_ai.usage.input_tokens': settlement?.tokens?.input,
    'gen_ai.usage.output_tokens': settlement?.tokens?.output,
  };
}
