import { createHmac, createSecretKey, type Hmac, hash } from 'node:crypto';

import { canonicalJson, type JsonObject } from './canonical-json.ts';

/** Something that happened, for the ledger: no content, no identifier of a person. */
export interface LedgerEvent {
  /** `call.answered`, `witness.added`: area and what happened. */
  readonly kind: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
  /** The organisation it belongs to; null if it belongs to the instance. */
  readonly organisation: string | null;
  /** Id of the thing; at most one entry is ever made for an id. */
  readonly id?: string;
  readonly body: JsonObject;
}

/** Longest leaf: entry bundles give its length 16 bits (C2SP tlog-tiles). */
const MAX_LEAF_BYTES = 0xffff;

const ownNames = new Set(['v', 'kind', 'at', 'id', 'org']);

/**
 * The exact bytes that are hashed into the tree: canonical JSON, so that their meaning has one spelling.
 * @param event with the organisation already turned into its pseudonym
 * @throws RangeError if the body uses a name of the envelope or the leaf is too long
 */
export function leafBytes(event: LedgerEvent): Uint8Array {
  const clash = Object.keys(event.body).find((name) => ownNames.has(name));
  if (clash !== undefined) throw new RangeError(`the body of an event must not set ${clash}`);
  const leaf = Buffer.from(
    canonicalJson({
      ...event.body,
      v: 1,
      kind: event.kind,
      at: event.at,
      id: event.id,
      org: event.organisation,
    }),
  );
  if (leaf.length > MAX_LEAF_BYTES)
    throw new RangeError(`a leaf has at most ${MAX_LEAF_BYTES} bytes, not ${leaf.length}`);
  return leaf;
}

/**
 * Stands for an organisation in one log. Under another log's secret it is another name: entries of different logs cannot
 * be joined, and none leads to the organisation once the secret is gone.
 */
export function organisationPseudonym(logSecret: Uint8Array, organisationId: string): string {
  return `org:${createHmac('sha256', logSecret).update(organisationId).digest('hex').slice(0, 32)}`;
}

export type Commitments = {
  readonly salt: string;
  readonly request: string;
  readonly response?: string;
};

/**
 * Binds a leaf to bytes that it does not contain. Without the 32-byte random salt the commitments say nothing about
 * them, even to someone who guesses; the salt's own hash binds the salt, so that a receipt cannot carry another.
 */
export function commitmentsOf(salt: Uint8Array, request: Uint8Array, response?: Uint8Array): Commitments {
  return {
    salt: `sha256:${hash('sha256', salt)}`,
    request: commitment(salt, request),
    ...(response !== undefined && { response: commitment(salt, response) }),
  };
}

/** `hmac-sha256:` and the hex of HMAC-SHA256(salt, bytes). */
export function commitment(salt: Uint8Array, bytes: Uint8Array): string {
  const hmac =
    bytes.length > MOST_TO_COPY ? hmacOf(salt).update(bytes).digest('hex') : hmacByHashes(salt, bytes);
  return `hmac-sha256:${hmac}`;
}

/** For bytes that come in pieces. As a key object, because an HMAC over a plain buffer costs three times as much. */
export function hmacOf(salt: Uint8Array): Hmac {
  return createHmac('sha256', createSecretKey(salt));
}

/** Beyond this, copying the bytes behind the pad costs more than it saves. */
const MOST_TO_COPY = 16 * 1024;
const SHA256_BLOCK = 64;
const SHA256_BYTES = 32;

/**
 * HMAC as RFC 2104 §2 writes it: H(K ⊕ opad ‖ H(K ⊕ ipad ‖ text)). Two plain hashes cost 5.5 µs for a kilobyte where
 * an object of OpenSSL's with its set-up costs 9, and a call needs two of them.
 */
function hmacByHashes(key: Uint8Array, bytes: Uint8Array): string {
  if (key.length > SHA256_BLOCK) return hmacOf(key).update(bytes).digest('hex');
  const inner = Buffer.allocUnsafe(SHA256_BLOCK + bytes.length);
  const outer = Buffer.allocUnsafe(SHA256_BLOCK + SHA256_BYTES);
  for (let index = 0; index < SHA256_BLOCK; index++) {
    const byte = key[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(bytes, SHA256_BLOCK);
  outer.write(hash('sha256', inner), SHA256_BLOCK, 'hex');
  return hash('sha256', outer);
}
