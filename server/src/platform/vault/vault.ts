import type { Identifier } from './identifier.ts';

/**
 * One encrypted record, as its row holds it. Without the epoch's key in the keystore it is noise. Nonce and ciphertext
 * are empty where nothing but the salt of a call was to be kept, which `saltOf` its key gives.
 */
export interface SealedRecord {
  /** The organisation's key epoch that wraps the data key. */
  readonly epoch: number;
  /** The record's own AES-256 key, wrapped: nonce 12 ‖ key 32 ‖ tag 16 bytes. */
  readonly wrappedKey: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  /** AES-256-GCM ciphertext with its 16-byte tag at the end; AAD is `organisation|record`. */
  readonly ciphertext: Uint8Array;
}

export type WrappedKey = Pick<SealedRecord, 'epoch' | 'wrappedKey'>;

/** A fresh data key, for content that streams to the blob store or as a secret of its own, and its wrapped form. */
export interface SealedKey {
  readonly epoch: number;
  readonly wrappedKey: Uint8Array;
  readonly dataKey: Uint8Array;
}

/** How a record is tied to a person: an index that only the organisation's index key can make. */
export interface SubjectLink {
  readonly index: string;
  /** `named` by the caller (`x-kulning-subject`, `user`), or `found` in the content. */
  readonly origin: 'named' | 'found';
  /** `weak`: a name, which several people can bear. */
  readonly strength: 'strong' | 'weak';
}

/**
 * Encrypts content record by record. Everything but `load` and `refresh` is synchronous and does no I/O, so that
 * the call path can use it; both need the organisation loaded first and otherwise throw `vault.not_loaded`.
 */
export interface Vault {
  /** Brings the organisation's keys into memory, making its first ones. Idempotent and cheap when loaded. */
  load(organisationId: string): Promise<void>;
  /** From now on `load` resolves only after this has: how erasures hear who may seal (key-epoch-watcher.ts). */
  announceBy(announce: (organisationId: string) => Promise<void>): void;
  /** Reads the keys anew: picks up a rotation and forgets what was destroyed or revoked. */
  refresh(organisationId: string): Promise<void>;
  /** Organisations whose keys are in memory. */
  loaded(): readonly string[];
  /** Forgets every key. */
  close(): void;

  /** The epoch that `seal` uses now. */
  epoch(organisationId: string): number;
  seal(organisationId: string, recordId: string, plaintext: Uint8Array): SealedRecord;
  /** @throws `vault.key_destroyed` when the epoch is gone, `vault.damaged` when the bytes are not what was sealed */
  open(organisationId: string, recordId: string, sealed: SealedRecord): Uint8Array;
  sealKey(organisationId: string, recordId: string): SealedKey;
  openKey(organisationId: string, recordId: string, wrapped: WrappedKey): Uint8Array;
  /** The same data key under the current epoch; the content is not touched. */
  rewrap(organisationId: string, recordId: string, wrapped: WrappedKey): WrappedKey;

  /** Keyed index of an identifier in any spelling; equal for equal people within one organisation only. */
  blindIndex(organisationId: string, identifier: string | Identifier): string;
  /**
   * Links for a record: those the caller named, and those detected in the text. Detection is a net with holes and
   * is never claimed to be complete.
   */
  links(organisationId: string, named: readonly string[], text: string): SubjectLink[];
}
