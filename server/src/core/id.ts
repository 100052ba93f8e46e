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
  | 'prompt'
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
  const marked = Buffer.from(random.subarray(0, 10));
  // The version stands in the first byte, the variant in the third.
  marked[0] = 0x70 | ((random[0] ?? 0) & 0x0f);
  marked[2] = 0x80 | ((random[2] ?? 0) & 0x3f);
  return `${prefix}_${unixMs.toString(16).padStart(12, '0')}${marked.toString('hex')}`;
}
