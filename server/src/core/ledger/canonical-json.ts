export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/**
 * The one way to write a JSON value (RFC 8785): no whitespace, names sorted by UTF-16 code unit, numbers and strings as
 * ECMAScript writes them. Equal values give equal bytes, so that a hash of them means the value.
 * A property that is `undefined` is absent.
 * @throws RangeError on what JSON cannot carry: NaN, infinities, lone surrogates.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`JSON has no number ${value}`);
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) members.push(`${quoted(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function quoted(text: string): string {
  if (!text.isWellFormed())
    throw new RangeError('JSON text must not hold a lone surrogate (RFC 8785 §3.2.2.2)');
  return JSON.stringify(text);
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
