import type { Logger } from '../../platform/log/logger.ts';
import { createOutboundHosts } from '../../platform/outbound/outbound-hosts.ts';
import { type SpanCounts, SpanExporter } from '../../platform/telemetry/span-exporter.ts';
import type { EndedCall } from './call-leaf.ts';
import { callSpans } from './call-spans.ts';

/** What the operator set, in a form that goes from one process to another. */
export interface TracingSettings {
  readonly endpoint: string;
  readonly authorization?: string | undefined;
  readonly sampleRatio: number;
  readonly timeoutMs: number;
  readonly queueSpans: number;
  readonly allowedHosts: readonly string[];
  readonly version: string;
  /** The site that the process stands in. */
  readonly site: string;
}

export interface CallTracing {
  readonly onShipped: (calls: readonly EndedCall[]) => void;
  counts(): SpanCounts;
  close(): Promise<void>;
}

/** Traces of calls for a receiver of the operator's, from what was shipped: never on a call's way. */
export function createCallTracing(settings: TracingSettings, log: Logger): CallTracing {
  const { endpoint, authorization, sampleRatio, timeoutMs, queueSpans, version, site } = settings;
  const exporter = new SpanExporter({
    receiver: { endpoint, authorization, timeoutMs },
    hosts: createOutboundHosts(settings.allowedHosts),
    resource: { 'service.name': 'kulning', 'service.version': version, 'kulning.site': site },
    version,
    mostWaiting: queueSpans,
    log,
  });
  return {
    onShipped: (calls) => exporter.add(callSpans(calls, sampleRatio)),
    counts: () => exporter.counts,
    close: () => exporter.close(),
  };
}
