import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

/** 64 MiB and about 0.2 s a guess (OWASP Password Storage, scrypt: N=2^16, r=8, p=1 or more). */
const cost = { N: 2 ** 16, r: 8, p: 1 };

/** `scrypt$N$r$p$salt$hash`: the parameters travel with the hash, so that they can be raised later. */
export async function hashPassphrase(passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(passphrase.normalize('NFKC'), salt, 32, {
    ...cost,
    maxmem: 256 * cost.N * cost.r,
  });
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Compares in constant time. A stored value that cannot be read matches nothing. */
export async function passphraseMatches(passphrase: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || !salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  const parameters = { N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64url'), expected.length, {
    ...parameters,
    maxmem: 256 * parameters.N * parameters.r,
  });
  return timingSafeEqual(actual, expected);
}
