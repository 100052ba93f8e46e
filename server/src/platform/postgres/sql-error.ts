import { DatabaseError } from 'pg';

import { inEachLanguage, KulningError, type Localized, type Notice } from '@kulning/sdk';

import { schemaObjectWords, sqlErrorWords } from './sql-error-words.ts';

/**
 * What PostgreSQL said, without anything it quoted. Its own message, detail and context repeat values of rows and
 * parameters, so none of them is kept; SQLSTATE and the names of schema objects are.
 */
export class SqlError extends KulningError {
  /** Five characters, PostgreSQL documentation appendix A; undefined when the connection itself failed. */
  readonly sqlState: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;

  constructor(kind: Kind, source: DatabaseError | undefined) {
    super({ ...kind, text: describe(kind, source) });
    this.sqlState = source?.code;
    this.table = source?.table;
    this.column = source?.column;
    this.constraint = source?.constraint;
  }
}

/** True when `error` is the violation of that unique, foreign key or check constraint. */
export function violates(error: unknown, constraint: string): error is SqlError {
  return error instanceof SqlError && error.constraint === constraint;
}

/** Any failure of the driver as a `SqlError`; every other error as it is. */
export function toSqlError(error: unknown): unknown {
  if (error instanceof KulningError) return error;
  if (error instanceof DatabaseError)
    return withStackOf(error, new SqlError(kindOfState(error.code ?? ''), error));
  if (isConnectionFailure(error)) return withStackOf(error, new SqlError(unreachable, undefined));
  return error;
}

interface Kind {
  readonly code: string;
  readonly status: number;
  readonly words: Localized<Notice>;
  readonly retryable?: boolean;
}

const words = sqlErrorWords;
const again = { status: 503, retryable: true };
const unreachable: Kind = { code: 'database.unreachable', ...again, words: words.unreachable };

/** By SQLSTATE, longest prefix first. */
const kinds: readonly (readonly [string, Kind])[] = [
  ['23505', { code: 'database.duplicate', status: 409, words: words.duplicate }],
  ['23503', { code: 'database.reference', status: 409, words: words.reference }],
  ['23514', { code: 'database.check', status: 422, words: words.check }],
  ['40001', { code: 'database.conflict', ...again, words: words.changesMet }],
  ['40P01', { code: 'database.conflict', ...again, words: words.changesWaited }],
  ['42501', { code: 'database.denied', status: 500, words: words.denied }],
  ['57014', { code: 'database.timeout', ...again, words: words.tooSlow }],
  ['55P03', { code: 'database.timeout', ...again, words: words.locked }],
  ['53100', { code: 'database.disk_full', status: 507, words: words.diskFull, retryable: true }],
  ['53300', { ...unreachable, words: words.noConnection }],
  ['28', { code: 'database.login', status: 503, words: words.login }],
  ['3D', { code: 'database.missing', status: 503, words: words.missing }],
  ['22', { code: 'database.value', status: 500, words: words.value }],
  ['08', unreachable],
  ['57P', unreachable],
];

const other: Kind = { code: 'database.failed', status: 500, words: words.failed };

function kindOfState(state: string): Kind {
  return kinds.find(([prefix]) => state.startsWith(prefix))?.[1] ?? other;
}

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The driver's own connection errors carry no code; these are their texts in pg 8 and pg-pool 3. */
const driverTexts =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed)/;

function isConnectionFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error && 'code' in error && socketCodes.has(String(error.code))) return true;
  return driverTexts.test(error.message);
}

function describe({ words: said }: Kind, source: DatabaseError | undefined): Localized<Notice> {
  return inEachLanguage((language) => {
    const facts = [
      source?.code && `SQLSTATE ${source.code}`,
      source?.table && schemaObjectWords.table(source.table)[language],
      source?.column && schemaObjectWords.column(source.column)[language],
      source?.constraint && schemaObjectWords.constraint(source.constraint)[language],
    ].filter(Boolean);
    const { message, hint } = said[language];
    const told = facts.length === 0 ? message : `${message.slice(0, -1)} (${facts.join(', ')}).`;
    return { message: told, hint };
  });
}

/** Where the statement was issued, under the new first line. */
function withStackOf(source: Error, target: SqlError): SqlError {
  const frames = source.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  target.stack = [`${target.name}: ${target.message}`, ...frames].join('\n');
  return target;
}
