import { createHash, randomBytes } from 'node:crypto';

export interface SecretToken {
  /** Goes to its owner, once. */
  readonly secret: string;
  /** Is what the database keeps: 256 random bits need no salt and no slow hash. */
  readonly hash: Buffer;
}

export function hashToken(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** `kln_` keys, `kls_` sessions, `klc_` claims: the prefix lets secret scanners and people recognise a leak. */
export function createToken(kind: 'kln' | 'kls' | 'klc'): SecretToken {
  const secret = `${kind}_${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashToken(secret) };
}
