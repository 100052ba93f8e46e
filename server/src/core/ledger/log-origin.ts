/**
 * Logs of an instance: one for each quarter, named `<instance>/2026q4`. Whoever pins a key under the instance's name
 * pins it for all of them; the origin is in every signed head, so that no head passes for one of another log.
 * A log that starts again within a quarter (after a restore from backup) is named `<instance>/2026q4.2`, and so on.
 */
export function logOrigin(instance: string, unixMs: number): string {
  return `${instance}/${quarterOf(unixMs)}`;
}

/** Whether the log's quarter has passed. A clock that goes back ends nothing. */
export function isOver(origin: string, unixMs: number): boolean {
  return quarterOf(unixMs) > partsOf(origin).quarter;
}

/** The origin of the log that follows this one: the first of a later quarter, or the next within the same. */
export function nextOrigin(origin: string, unixMs: number): string {
  const { instance, quarter, run } = partsOf(origin);
  return isOver(origin, unixMs) ? logOrigin(instance, unixMs) : `${instance}/${quarter}.${run + 1}`;
}

function quarterOf(unixMs: number): string {
  const date = new Date(unixMs);
  return `${date.getUTCFullYear()}q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

function partsOf(origin: string): { instance: string; quarter: string; run: number } {
  const match = /^(.+)\/(\d{4}q[1-4])(?:\.(\d+))?$/.exec(origin);
  if (match === null) throw new RangeError(`${origin} is not the origin of a quarter's log`);
  const [, instance = '', quarter = '', run = '1'] = match;
  return { instance, quarter, run: Number(run) };
}
