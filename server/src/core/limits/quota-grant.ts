import type { LimitKind } from './limit.ts';

const MINUTE_MS = 60_000;
/** A block is at most this part of what is left, so that small budgets get small blocks and the last ones are units. */
const BLOCKS = 10;

/** How much of a rate is there: what was there and what a minute's refill brought since, at most the whole limit. */
export function refilled(level: number, filledAt: number, limit: number, now: number): number {
  return Math.min(limit, level + (Math.max(0, now - filledAt) * limit) / MINUTE_MS);
}

/** What a process asks of the pool for one meter. */
export interface QuotaAsk {
  /** The largest amount that one call waits for; 0 only restocks. */
  readonly need: number;
  /** What all waiting calls want together. */
  readonly wish: number;
}

export interface QuotaGrant {
  readonly granted: number;
  /** What is left in the pool for everybody. */
  readonly free: number;
  /** Not all that was wished: milliseconds until asking again can bring more. */
  readonly againMs: number | undefined;
}

/** Unspent leases come back and slots become free at any time; nobody tells, so it is looked for this often. */
const LOOK_AGAIN_MS = 500;

/**
 * Leases a block. Never more than is free, so leases and spending together never pass the limit. What one call needs
 * is leased whole or not at all: a part of it would help nobody.
 */
export function grantBlock(
  kind: LimitKind,
  limit: number,
  free: number,
  { need, wish }: QuotaAsk,
): QuotaGrant {
  const whole = Math.max(0, Math.floor(free));
  const block = Math.floor((kind === 'budget' ? whole : limit) / BLOCKS);
  const granted = whole < need ? 0 : Math.min(whole, Math.max(wish, block));
  const left = free - granted;
  if (granted >= wish && granted > 0) return { granted, free: left, againMs: undefined };
  const missing = Math.max(1, need) - left;
  const againMs = kind === 'rate' && limit > 0 ? Math.ceil((missing * MINUTE_MS) / limit) : LOOK_AGAIN_MS;
  return { granted, free: left, againMs: Math.max(1, againMs) };
}
