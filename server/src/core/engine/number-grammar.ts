/** Bounds of a number; open ones exclude the bound itself. Whole numbers, at most 15 digits. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly leastOpen: boolean;
  readonly mostOpen: boolean;
}

/** Beyond this, six decimals are more than a double can tell apart. */
const MOST_EXACT = 1e9;
const FRACTION = String.raw`( "." [0-9]{1,6} )?`;
const SOME_FRACTION = String.raw`"." [0-9]{0,5} [1-9]`;
const NO_FRACTION = String.raw`( "." "0"{1,6} )?`;

/** GBNF for the whole numbers from `least` to `most`; undefined if there is none. */
export function integerRange(least: number, most: number): string | undefined {
  if (least > most) return undefined;
  const parts: string[] = [];
  if (least < 0) parts.push(`"-" ${magnitudes(Math.max(1, -most), -least)}`);
  if (most >= 0) parts.push(magnitudes(Math.max(0, least), most));
  return alternatives(parts);
}

/**
 * GBNF for the numbers within bounds, with at most six decimals.
 * @returns undefined if there is none, or if an open bound is too large for its neighbours to be told from it
 */
export function numberRange({ least, most, leastOpen, mostOpen }: Bounds): string | undefined {
  const unclear = (leastOpen && Math.abs(least) > MOST_EXACT) || (mostOpen && Math.abs(most) > MOST_EXACT);
  if (least > most || unclear) return undefined;
  const parts: (string | undefined)[] = [];
  if (least < 0) {
    const nearest = Math.max(0, -most);
    const negative = span(nearest, -least, most <= 0 && mostOpen, leastOpen);
    if (negative !== undefined) parts.push(`"-" ${negative}`);
  }
  if (most >= 0) parts.push(span(Math.max(0, least), most, least >= 0 && leastOpen, mostOpen));
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : alternatives(known);
}

/** Magnitudes with decimals: the lower end with what follows it, all between, the upper end itself. */
function span(low: number, high: number, lowOpen: boolean, highOpen: boolean): string | undefined {
  const parts: string[] = [];
  if (low < high) parts.push(`"${low}" ${lowOpen ? SOME_FRACTION : FRACTION}`);
  if (low + 1 < high) parts.push(`${magnitudes(low + 1, high - 1)} ${FRACTION}`);
  if (!highOpen && (low < high || !lowOpen)) parts.push(`"${high}" ${NO_FRACTION}`);
  return parts.length === 0 ? undefined : alternatives(parts);
}

/** Whole numbers without a sign and without leading zeros, one alternative for each number of digits. */
function magnitudes(low: number, high: number): string {
  const parts: string[] = [];
  for (let digits = String(low).length; digits <= String(high).length; digits++) {
    const from = Math.max(low, digits === 1 ? 0 : 10 ** (digits - 1));
    const to = Math.min(high, 10 ** digits - 1);
    parts.push(sameLength(String(from), String(to)));
  }
  return alternatives(parts);
}

/** Digits between two texts of the same length: after a common beginning, the two edges and what lies between. */
function sameLength(from: string, to: string): string {
  if (from === to) return `"${from}"`;
  const rest = from.length - 1;
  const [first, last] = [Number(from[0]), Number(to[0])];
  if (first === last) return `"${first}" ${sameLength(from.slice(1), to.slice(1))}`;
  if (rest === 0) return `[${first}-${last}]`;
  const any = `[0-9]{${rest}}`;
  const wholeFrom = /^0*$/u.test(from.slice(1));
  const wholeTo = /^9*$/u.test(to.slice(1));
  const [low, high] = [wholeFrom ? first : first + 1, wholeTo ? last : last - 1];
  const parts: string[] = [];
  if (!wholeFrom) parts.push(`"${first}" ${sameLength(from.slice(1), '9'.repeat(rest))}`);
  if (low <= high) parts.push(`[${low}-${high}] ${any}`);
  if (!wholeTo) parts.push(`"${last}" ${sameLength('0'.repeat(rest), to.slice(1))}`);
  return alternatives(parts);
}

function alternatives(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `( ${parts.join(' | ')} )`;
}
