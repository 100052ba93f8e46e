import { createHmac, hash } from 'node:crypto';

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
  return `hmac-sha256:${createHmac('sha256', salt).update(bytes).digest('hex')}`;
}
