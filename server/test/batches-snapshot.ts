import type { Scope } from '@kulning/sdk';

import type { DeploymentFacts } from '../src/core/placement/facts.ts';
import { type GatewayKey, keyDigest, type Snapshot } from '../src/features/gateway/index.ts';
import { deployment, httpEndpoint, organisationId, snapshotOf } from './gateway-snapshot.ts';

const everything: readonly Scope[] = [
  'calls:create',
  'files:read',
  'files:write',
  'batches:read',
  'batches:write',
];

/** Keys of the tests, by what they are for. */
export const keys = {
  internal: { id: 'key_internal', dataClass: 'internal' },
  personal: { id: 'key_personal', dataClass: 'personal' },
  reader: { id: 'key_reader', dataClass: 'internal', scopes: ['files:read', 'batches:read'] },
  silent: { id: 'key_silent', dataClass: 'internal', scopes: ['files:write', 'batches:write'] },
  unclassified: { id: 'key_unclassified', dataClass: undefined },
} as const satisfies Record<string, Pick<GatewayKey, 'id' | 'dataClass'> & { scopes?: readonly Scope[] }>;

export const secretOf = (name: keyof typeof keys) => `kln_${name}`;

/** A snapshot with those keys, and `herd` at one engine. */
export function batchSnapshot(
  engineUrl: string,
  over: Parameters<typeof snapshotOf>[1] & {
    without?: keyof typeof keys;
    slots?: number;
    engine?: Partial<DeploymentFacts>;
  } = {},
): Snapshot {
  const { without, slots = 8, engine, ...rest } = over;
  const one = { deployment: deployment({ slots, ...engine }), endpoint: httpEndpoint(engineUrl) };
  const names = (Object.keys(keys) as (keyof typeof keys)[]).filter((name) => name !== without);
  return {
    ...snapshotOf([one], rest),
    keys: new Map(
      names.map((name): [string, GatewayKey] => {
        const { id, dataClass, ...given } = keys[name];
        const scopes = new Set<Scope>('scopes' in given ? given.scopes : everything);
        const key = { id, dataClass, scopes, organisationId, purpose: 'general', expiresAt: undefined };
        return [keyDigest(secretOf(name)), key];
      }),
    ),
  };
}
