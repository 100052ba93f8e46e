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
  | 'record'
  | 'subject'
  | 'erasure'
  | 'process'
  | 'request'
  | 'mail'
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
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(unixMs / 2 ** 32));
  view.setUint32(2, unixMs % 2 ** 32);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (view.getUint8(6) & 0x0f);
  bytes[8] = 0x80 | (view.getUint8(8) & 0x3f);
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return `${prefix}_${hex}`;
}
