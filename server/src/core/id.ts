/** Kinds of things that have an id; the prefix tells a reader of a log what they look at. */
export type IdPrefix =
  | 'instance'
  | 'org'
  | 'user'
  | 'member'
  | 'key'
  | 'session'
  | 'site'
  | 'model'
  | 'version'
  | 'deployment'
  | 'pull'
  | 'engine'
  | 'policy'
  | 'call'
  | 'file'
  | 'batch'
  | 'record'
  | 'subject'
  | 'erasure'
  | 'process'
  | 'request'
  | 'mail'
  | 'team'
  | 'price'
  | 'document';

/** Ids as an argument, like time. */
export interface IdSource {
  next(prefix: IdPrefix): string;
}

/**
 * A prefixed UUIDv7 (RFC 9562 §5.7) without dashes: sortable by creation time, unguessable in its last 74 bits.
 * @param unixMs milliseconds since 1970
 * @param random at least ten random bytes
 */
export function formatId(prefix: IdPrefix, unixMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('an id needs ten random bytes');
  let hex = unixMs.toString(16).padStart(12, '0');
  for (let index = 0; index < 10; index++) hex += hexOf[marked(index, random[index] ?? 0)];
  return `${prefix}_${hex}`;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The version stands in the first random byte, the variant in the third. */
function marked(index: number, byte: number): number {
  if (index === 0) return 0x70 | (byte & 0x0f);
  return index === 2 ? 0x80 | (byte & 0x3f) : byte;
}
