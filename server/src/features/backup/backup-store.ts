import type { Readable, Writable } from 'node:stream';

import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

import { quoteIdentifier } from '../../platform/postgres/database-roles.ts';
import type { AppliedMigration } from '../../platform/postgres/migration-plan.ts';
import { inDependencyOrder, type Reference } from './table-order.ts';

/** A table of the schema, without columns that the database computes. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface SequenceValue {
  readonly name: string;
  /** A bigint in decimal. */
  readonly lastValue: string;
}

/** Of the database itself: it is written by migrating, never copied. */
const bookkeeping = 'migration';

/** All tables that hold the instance's state, in an order that satisfies their references. */
export async function readTables(client: Client): Promise<readonly TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'kulning'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1
    group by c.relname`,
    [bookkeeping],
  );
  const references = await client.query<Reference>(`
    select f.relname as from, t.relname as to from pg_constraint k
    join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = 'kulning'::regnamespace`);
  const shapes = new Map(rows.map((row) => [row.name, row]));
  return inDependencyOrder([...shapes.keys()], references.rows).flatMap((name) => shapes.get(name) ?? []);
}

export async function readMigrationRows(client: Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    'select version, name, sha256, release from kulning.migration order by version',
  );
  return rows;
}

export async function readInstanceId(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>('select id from kulning.instance');
  return rows[0]?.id ?? null;
}

export async function readLedgerHeads(client: Client): Promise<{ origin: string; treeSize: number }[]> {
  const { rows } = await client.query<{ origin: string; size: bigint }>(`
    select l.origin, coalesce(max(c.size), 0) as size from kulning.ledger_log l
    left join kulning.ledger_checkpoint c on c.log_id = l.id group by l.id, l.origin order by l.id`);
  return rows.map(({ origin, size }) => ({ origin, treeSize: Number(size) }));
}

/** Those that were used; the others start at their beginning anyway. */
export async function readSequences(client: Client): Promise<SequenceValue[]> {
  const { rows } = await client.query<SequenceValue>(`
    select sequencename as name, last_value::text as "lastValue" from pg_sequences
    where schemaname = 'kulning' and last_value is not null order by sequencename`);
  return rows;
}

export async function restoreSequences(client: Client, sequences: readonly SequenceValue[]): Promise<void> {
  for (const { name, lastValue } of sequences) {
    await client.query(`select setval(format('kulning.%I', $1::text)::regclass, $2::bigint)`, [
      name,
      lastValue,
    ]);
  }
}

/** Rows as COPY's text format, which every PostgreSQL reads alike. */
export function copyOut(client: Client, { name, columns }: TableShape): Readable {
  return client.query(copyTo(`copy (select ${list(columns)} from ${qualified(name)}) to stdout`));
}

/** Removes what migrations put into the tables, in the order's favour: one statement for all, so references hold. */
export async function emptyTables(client: Client, tables: readonly TableShape[]): Promise<void> {
  await client.query(`truncate ${tables.map(({ name }) => qualified(name)).join(', ')}`);
}

/**
 * Loads what `copyOut` gave. COPY does not write to tables under row-level security, so rows pass through a
 * temporary table. Triggers are off meanwhile: what they did is in the rows already.
 * @returns the number of rows
 */
export async function copyIn(
  client: Client,
  { name, columns }: TableShape,
  feed: (sink: Writable) => Promise<void>,
): Promise<number> {
  await client.query(
    `create temporary table load on commit drop as select ${list(columns)} from ${qualified(name)} with no data`,
  );
  await feed(client.query(copyFrom(`copy pg_temp.load (${list(columns)}) from stdin`)));
  await client.query(`alter table ${qualified(name)} disable trigger user`);
  const { rowCount } = await client.query(`
    insert into ${qualified(name)} (${list(columns)}) overriding system value select ${list(columns)} from pg_temp.load`);
  await client.query(`alter table ${qualified(name)} enable trigger user; drop table pg_temp.load`);
  return rowCount ?? 0;
}

/** Number of rows and a sum of the hash of each: equal for equal rows in whatever order. */
export async function checksum(client: Client, { name, columns }: TableShape): Promise<string> {
  const { rows } = await client.query<{ rows: bigint; sum: string }>(`
    select count(*) as rows, coalesce(sum(('x' || substr(md5(row(${list(columns)})::text), 1, 16))::bit(64)::bigint::numeric), 0)::text as sum
    from ${qualified(name)}`);
  return `${rows[0]?.rows}/${rows[0]?.sum}`;
}

/** No write begins while these locks are held; reading goes on. Waits ten seconds at most for writes under way. */
export async function lockWrites(client: Client, tables: readonly TableShape[]): Promise<void> {
  await client.query(`set local lock_timeout = '10s'`);
  await client.query(`lock table ${tables.map(({ name }) => qualified(name)).join(', ')} in share mode`);
}

export async function endWrites(client: Client): Promise<void> {
  await client.query(
    'revoke insert, update, delete on all tables in schema kulning from kulning_app, kulning_sequencer',
  );
}

const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');
const qualified = (table: string) => `kulning.${quoteIdentifier(table)}`;
