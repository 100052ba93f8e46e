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
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return written(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (member === undefined) continue;
    if (members !== '') members += ',';
    members += `${quoted(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

function sortedNames(value: JsonObject): string[] {
  const names = Object.keys(value);
  // Most objects are written in order; finding that out is cheaper than sorting them.
  let last = '';
  for (const name of names) {
    if (name < last) return names.sort();
    last = name;
  }
  return names;
}

/** ECMAScript's own way, which RFC 8785 §3.2.2.3 adopts. */
function written(number: number): string {
  if (!Number.isFinite(number)) throw new RangeError(`JSON has no number ${number}`);
  return String(number);
}

/** Nearly every text is this plain, and then it needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed())
    throw new RangeError('JSON text must not hold a lone surrogate (RFC 8785 §3.2.2.2)');
  return JSON.stringify(text);
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
