import { KulningError } from '@kulning/sdk';

import { configWords } from './config-words.ts';
import type { Config } from './config.ts';
import type { TracingSettings } from './features/calls/index.ts';
import { createOutboundHosts } from './platform/outbound/outbound-hosts.ts';
import { release } from './release.ts';

/**
 * Traces, where the operator wants them; nothing where no receiver is set.
 * @throws KulningError `config.invalid_value` when the receiver's host is not one that Kulning may connect to
 */
export function tracingOf({ telemetry, outbound, site }: Config): TracingSettings | undefined {
  const { endpoint, ...rest } = telemetry;
  if (endpoint === undefined) return undefined;
  try {
    createOutboundHosts(outbound.allowedHosts).require(endpoint);
  } catch (cause) {
    throw new KulningError({
      code: 'config.invalid_value',
      status: 400,
      path: 'telemetry.endpoint',
      text: configWords.receiverNotAllowed(new URL(endpoint).hostname),
      cause,
    });
  }
  return { endpoint, ...rest, allowedHosts: outbound.allowedHosts, version: release, site };
}
