import { KulningError } from '@kulning/sdk';

import type { SealedRecord, SubjectLink, Vault } from '../../platform/vault/vault.ts';

/** An answer as it is held: sealed, so that an erasure that destroys the organisation's old key destroys it here, too. */
export interface HeldAnswer {
  readonly organisationId: string;
  /** Of its vault record. */
  readonly id: string;
  readonly key: string;
  /** Of the organisation's cache; what is of an earlier one was purged. */
  readonly generation: number;
  readonly sealed: SealedRecord;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What is inside: the engine's answer in one piece, and the call that it was given to. */
export interface CachedAnswer {
  readonly call: string;
  readonly answer: string;
}

/** An answer that is not in the database yet. */
export interface FreshAnswer extends HeldAnswer {
  readonly links: readonly SubjectLink[];
}

const MOST_FRESH = 1_000;
/** Beside its ciphertext. */
const ENTRY_BYTES = 400;
/** Of all organisations together, in one gateway. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Answers in memory, the least recently used go first; each organisation within its own bound. */
export class AnswerCache {
  readonly #vault: Pick<Vault, 'open'>;
  readonly #organisations = new Map<string, { entries: Map<string, HeldAnswer>; bytes: number }>();
  #fresh: FreshAnswer[] = [];
  #bytes = 0;

  constructor(vault: Pick<Vault, 'open'>) {
    this.#vault = vault;
  }

  /** Synchronous, and without a query. An answer whose key died, or that has lapsed, is gone. */
  find(
    organisationId: string,
    key: string,
    now: number,
  ): (CachedAnswer & { readonly createdAt: number }) | undefined {
    const entries = this.#organisations.get(organisationId)?.entries;
    const held = entries?.get(key);
    if (!entries || !held) return undefined;
    if (held.expiresAt <= now) return this.#drop(held);
    try {
      const plain = Buffer.from(this.#vault.open(organisationId, held.id, held.sealed)).toString();
      entries.delete(key);
      entries.set(key, held);
      return { ...(JSON.parse(plain) as CachedAnswer), createdAt: held.createdAt };
    } catch (error) {
      if (error instanceof KulningError && error.code === 'vault.key_destroyed') return this.#drop(held);
      throw error;
    }
  }

  /**
   * @param fresh with whom it is about, where it still has to go into the database
   * @returns whether it will be given to who writes
   */
  put(held: HeldAnswer, maxBytes: number, fresh?: FreshAnswer): boolean {
    const before = this.#organisations.get(held.organisationId)?.entries.get(held.key);
    if (before) this.#drop(before);
    const organisation = this.#organisations.get(held.organisationId) ?? {
      entries: new Map<string, HeldAnswer>(),
      bytes: 0,
    };
    this.#organisations.set(held.organisationId, organisation);
    organisation.entries.set(held.key, held);
    organisation.bytes += sizeOf(held);
    this.#bytes += sizeOf(held);
    const isGiven = fresh !== undefined && this.#fresh.length < MOST_FRESH;
    if (isGiven) this.#fresh.push(fresh);
    while (organisation.bytes > maxBytes || this.#bytes > MOST_BYTES) {
      const [oldest] = organisation.entries.values();
      if (!oldest) break;
      this.#drop(oldest);
    }
    return isGiven;
  }

  /** What has to be written; each is given once. */
  takeFresh(): readonly FreshAnswer[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** Organisations that have no cache any more lose what is here, and others what was purged. */
  keepOnly(generations: ReadonlyMap<string, number>): void {
    for (const [organisationId, { entries }] of this.#organisations) {
      const generation = generations.get(organisationId);
      for (const held of entries.values()) if (held.generation !== generation) this.#drop(held);
      if (entries.size === 0) this.#organisations.delete(organisationId);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  #drop(held: HeldAnswer): undefined {
    const organisation = this.#organisations.get(held.organisationId);
    if (!organisation?.entries.delete(held.key)) return;
    organisation.bytes -= sizeOf(held);
    this.#bytes -= sizeOf(held);
  }
}

export const sizeOf = ({ sealed }: Pick<HeldAnswer, 'sealed'>) => sealed.ciphertext.length + ENTRY_BYTES;
