/** Values that may stand in a log: identifiers, counts, codes. Never content, never an identifier of a person. */
export type LogField = string | number | boolean | null | undefined;

export interface Logger {
  debug(event: string, fields?: Record<string, LogField>): void;
  info(event: string, fields?: Record<string, LogField>): void;
  warn(event: string, fields?: Record<string, LogField>): void;
  /** `cause` gives its name, code and stack to the log; its message is dropped, because messages can quote content. */
  error(event: string, cause: unknown, fields?: Record<string, LogField>): void;
  child(fields: Record<string, LogField>): Logger;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** One JSON line an event. `write` is the stream; `now` the clock. */
export function createLogger(
  write: (line: string) => void,
  now: () => number,
  bound: Record<string, LogField> = {},
): Logger {
  const emit = (level: Level, event: string, fields: Record<string, LogField>) =>
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...bound, ...fields })}\n`);
  return {
    debug: (event, fields = {}) => emit('debug', event, fields),
    info: (event, fields = {}) => emit('info', event, fields),
    warn: (event, fields = {}) => emit('warn', event, fields),
    error: (event, cause, fields = {}) => emit('error', event, { ...describeCause(cause), ...fields }),
    child: (fields) => createLogger(write, now, { ...bound, ...fields }),
  };
}

/** Discards everything; for tests that do not look at the log. */
export const silentLogger: Logger = createLogger(
  () => undefined,
  () => 0,
);

function describeCause(cause: unknown): Record<string, LogField> {
  if (!(cause instanceof Error)) return { error: typeof cause };
  const frames = cause.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return { error: cause.name, code, stack: frames?.join(' <- ').replaceAll(/\s+at /g, 'at ') };
}
