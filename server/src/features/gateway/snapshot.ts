import { hash } from 'node:crypto';

import type { Scope } from '@kulning/sdk';

import type { DataClass } from '../../core/placement/facts.ts';
import type { Language } from '../../core/policy/rule.ts';
import type { DispatchGround } from '../dispatch/index.ts';
import type { LimitFacts } from '../limits/index.ts';
import type { KeyContent } from './call-content.ts';

export interface GatewayKey {
  readonly id: string;
  readonly organisationId: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly dataClass: DataClass | undefined;
  readonly purpose: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  /** What is to be done with the content of its calls; absent for nearly all keys. */
  readonly content?: KeyContent | undefined;
}

export interface GatewayOrganisation {
  readonly id: string;
  readonly language: Language;
  readonly demonstration: boolean;
  readonly revenueEur: number | undefined;
  /** Days that prompts and answers are kept; undefined keeps nothing. */
  readonly retentionDays: number | undefined;
}

/** The places of this gateway's own path. */
export interface GatewayPlaces {
  readonly ingressSiteId: string;
  readonly storageSiteIds: readonly string[];
  readonly backupSiteIds: readonly string[];
}

/** All that a call is judged by, at one version of the control data. Never changed, only replaced. */
export interface Snapshot {
  /** By `keyDigest` of the key. */
  readonly keys: ReadonlyMap<string, GatewayKey>;
  readonly organisations: ReadonlyMap<string, GatewayOrganisation>;
  readonly ground: DispatchGround;
  readonly places: GatewayPlaces;
  readonly limits: LimitFacts;
  /** Blind indexes of persons whose processing is restricted (GDPR Art. 18) or who are being erased, by organisation. */
  readonly restricted: ReadonlyMap<string, ReadonlySet<string>>;
}

export const keyDigest = (key: string) => hash('sha256', key, 'base64');

/** How long control data may be old: a key may have been revoked, a site closed, and nobody could tell us. */
export const validity = { sensitiveMs: 30_000, otherMs: 10 * 60_000 } as const;

export function isTooOld(ageMs: number, dataClass: DataClass | undefined): boolean {
  const sensitive = dataClass === 'personal' || dataClass === 'special';
  return ageMs > (sensitive ? validity.sensitiveMs : validity.otherMs);
}
