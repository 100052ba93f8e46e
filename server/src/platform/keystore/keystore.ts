import type { Localized } from '@kulning/sdk';

/**
 * An organisation's keys in memory. Synchronous, so that the call path can use it; a PKCS#11 session fits as it is,
 * and an OpenBao ring holds the data keys that transit decrypted at load.
 */
export interface KeyRing {
  readonly organisationId: string;
  /** The epoch that `wrap` uses. */
  readonly epoch: number;
  /** @returns nonce 12 ‖ key ‖ tag 16 bytes */
  wrap(dataKey: Uint8Array, context: string): Uint8Array;
  /** @throws `vault.key_destroyed` when this ring has no such epoch, `vault.damaged` when key or context differ */
  unwrap(epoch: number, wrapped: Uint8Array, context: string): Uint8Array;
  /** HMAC-SHA256 under the index key, which outlives epochs: an index must stay comparable. */
  index(message: string): Buffer;
  /** Forgets the epoch keys: nothing opens any more. */
  close(): void;
}

/** What the keystore remembers of a destroyed epoch: enough to repeat the erasure on a restored backup. */
export interface Destruction {
  readonly epoch: number;
  readonly erasureId: string;
  /** Records that lost their key for good; survivors had moved on. */
  readonly recordIds: readonly string[];
  readonly at: string;
}

interface DestructionProof {
  readonly epoch: number;
  /** How the key was destroyed, in words for the certificate. */
  readonly method: Localized<string>;
  /** What the keystore answered when it was asked for the key again. */
  readonly readBack: Localized<string>;
}

/**
 * Where root, epoch and index keys live: never in PostgreSQL, never in a backup. The file keystore is the first;
 * OpenBao transit and PKCS#11 fit the same port (wrap and unwrap stay local, everything else may be remote).
 */
export interface Keystore {
  /** Which root key this is, without saying anything about it; a database belongs to one. */
  readonly fingerprint: string;
  /** Keys of an organisation, its first ones made if it has none. */
  load(organisationId: string): Promise<KeyRing>;
  /** Makes the epoch after `from` current, unless it is there already; both stay readable. Safe to repeat. */
  rotate(organisationId: string, from: number): Promise<number>;
  /** Writes the destruction down, destroys the key, and asks for it again. Safe to repeat. */
  destroy(organisationId: string, destruction: Destruction): Promise<DestructionProof>;
  destructions(organisationId: string): Promise<Destruction[]>;
  organisations(): Promise<string[]>;
  /** A value that is new after every rotation and destruction, by whichever process. Cheap: asked twice a second. */
  generation(): Promise<string>;
}
