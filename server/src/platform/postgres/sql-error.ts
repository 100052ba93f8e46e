import { DatabaseError } from 'pg';

import { KulningError } from '@kulning/sdk';

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
    super({ ...kind, message: describe(kind, source) });
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
  readonly message: string;
  readonly hint?: string;
  readonly retryable?: boolean;
}

const unreachable: Kind = {
  code: 'database.unreachable',
  status: 503,
  message: 'the database does not answer',
  hint: 'Try again in a moment. `kulning doctor` says whether PostgreSQL runs and can be reached.',
  retryable: true,
};

/** By SQLSTATE, longest prefix first. */
const kinds: readonly (readonly [string, Kind])[] = [
  ['23505', { code: 'database.duplicate', status: 409, message: 'such a row exists already' }],
  [
    '23503',
    {
      code: 'database.reference',
      status: 409,
      message: 'another row refers to it, or what it refers to is gone',
    },
  ],
  ['23514', { code: 'database.check', status: 422, message: 'a value is outside what the database permits' }],
  ['40001', { code: 'database.conflict', status: 503, message: 'two changes met', retryable: true }],
  [
    '40P01',
    { code: 'database.conflict', status: 503, message: 'two changes waited for each other', retryable: true },
  ],
  ['42501', { code: 'database.denied', status: 500, message: 'the database role may not do that' }],
  [
    '57014',
    { code: 'database.timeout', status: 503, message: 'the database took too long', retryable: true },
  ],
  [
    '55P03',
    { code: 'database.timeout', status: 503, message: 'a lock was not free in time', retryable: true },
  ],
  [
    '53100',
    {
      code: 'database.disk_full',
      status: 507,
      message: 'the disk of the database is full',
      hint: 'Free space on the disk that holds PostgreSQL.',
      retryable: true,
    },
  ],
  [
    '53300',
    {
      ...unreachable,
      message: 'the database has no connection free',
      hint: 'Raise max_connections, or run fewer processes.',
    },
  ],
  [
    '28',
    {
      code: 'database.login',
      status: 503,
      message: 'the database refuses the login',
      hint: 'Check user and password in KULNING_DATABASE_URL, and pg_hba.conf.',
    },
  ],
  [
    '3D',
    {
      code: 'database.missing',
      status: 503,
      message: 'the server has no such database',
      hint: 'Create it as docs/operations/postgresql.md says.',
    },
  ],
  ['22', { code: 'database.value', status: 500, message: 'the database does not take that value' }],
  ['08', unreachable],
  ['57P', unreachable],
];

const other: Kind = { code: 'database.failed', status: 500, message: 'a database statement failed' };

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

function describe(kind: Kind, source: DatabaseError | undefined): string {
  const place = [
    source?.table && `table ${source.table}`,
    source?.column && `column ${source.column}`,
    source?.constraint && `constraint ${source.constraint}`,
  ].filter(Boolean);
  const facts = [source?.code && `SQLSTATE ${source.code}`, ...place].filter(Boolean).join(', ');
  return facts === '' ? kind.message : `${kind.message} (${facts})`;
}

/** Where the statement was issued, under the new first line. */
function withStackOf(source: Error, target: SqlError): SqlError {
  const frames = source.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  target.stack = [`${target.name}: ${target.message}`, ...frames].join('\n');
  return target;
}
