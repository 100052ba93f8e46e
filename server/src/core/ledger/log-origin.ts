/**
 * Logs of an instance: one for each quarter, named `<instance>/2026q4`. Whoever pins a key under the instance's name
 * pins it for all of them; the origin is in every signed head, so that no head passes for one of another log.
 * A restore from backup begins a line of its own, `<instance>/2026q4.5f1c09ae`, that goes on in `2027q1.5f1c09ae`: the
 * instance that was backed up, and every other restore of the same backup, may go on beside it under the same keys.
 */
export function logOrigin(instance: string, unixMs: number): string {
  return `${instance}/${quarterOf(unixMs)}`;
}

/** Whose log it is. */
export function instanceOf(origin: string): string {
  return partsOf(origin).instance;
}

/** Whether the log's quarter has passed. A clock that goes back ends nothing. */
export function isOver(origin: string, unixMs: number): boolean {
  return quarterOf(unixMs) > partsOf(origin).quarter;
}

/** The origin of the log that follows this one, whose quarter has passed, on the same line. */
export function nextOrigin(origin: string, unixMs: number): string {
  const { instance, line } = partsOf(origin);
  return originOf({ instance, quarter: quarterOf(unixMs), line });
}

/** The origin of the first log of a new line. @param line drawn at the restore: no other may ever draw the same */
export function restoredOrigin(origin: string, unixMs: number, line: string): string {
  const { instance, quarter } = partsOf(origin);
  return originOf({ instance, quarter: isOver(origin, unixMs) ? quarterOf(unixMs) : quarter, line });
}

function quarterOf(unixMs: number): string {
  const date = new Date(unixMs);
  return `${date.getUTCFullYear()}q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

interface OriginParts {
  readonly instance: string;
  readonly quarter: string;
  readonly line: string | undefined;
}

function originOf({ instance, quarter, line }: OriginParts): string {
  return `${instance}/${quarter}${line === undefined ? '' : `.${line}`}`;
}

function partsOf(origin: string): OriginParts {
  const match = /^(.+)\/(\d{4}q[1-4])(?:\.([0-9a-z]+))?$/.exec(origin);
  if (match === null) throw new RangeError(`${origin} is not the origin of a quarter's log`);
  const [, instance = '', quarter = '', line] = match;
  return { instance, quarter, line };
}
