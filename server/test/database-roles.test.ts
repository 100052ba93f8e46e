import { type RawBuilder, sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { AnyTransaction, Database } from '../src/platform/postgres/database.ts';
import { SqlError } from '../src/platform/postgres/sql-error.ts';
import { type TestDatabase, testDatabase } from './database.ts';

/**
 * Tries every role on every table of the released schema, as the catalogue lists them: a new table is covered when
 * it is made. Constraints are dropped in the throw-away database, so that any table can be given a row.
 */
interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The column that says whose row it is; undefined for a table of the instance. */
  readonly owner: string | undefined;
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** The database fills it in. */
  readonly given: boolean;
}

type Verb = 'select' | 'insert' | 'update' | 'delete';
type Role = 'app' | 'sequencer';

const verbs: readonly Verb[] = ['select', 'insert', 'update', 'delete'];
const roles: readonly Role[] = ['app', 'sequencer'];
const rowOf = { org_a: 1, org_b: 2 } as const;

let database: TestDatabase;
let superuser: Client;
let tables: readonly Table[];

beforeAll(async () => {
  database = await testDatabase();
  superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await dropConstraints();
  tables = await readTables();
  for (const table of tables) {
    await superuser.query(`delete from kulning.${table.name}`);
    for (const [organisation, n] of Object.entries(rowOf))
      await superuser.query(insertText(table, organisation, n));
  }
});
afterAll(async () => {
  await superuser.end();
  await database.close();
});

async function readTables(): Promise<Table[]> {
  const { rows } = await superuser.query<Column & { table: string }>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
      a.attidentity <> '' or a.attgenerated <> '' as given
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'kulning'::regnamespace and c.relkind in ('r', 'p') order by c.relname, a.attnum`);
  return [...Map.groupBy(rows, ({ table }) => table)].map(([name, columns]) => ({
    name,
    columns,
    owner: name === 'organisation' ? 'id' : columns.find((column) => column.name === 'organisation_id')?.name,
  }));
}

async function dropConstraints(): Promise<void> {
  const { rows } = await superuser.query<{ statement: string }>(`
    select format('alter table %s drop constraint if exists %I cascade', conrelid::regclass, conname) as statement from pg_constraint
    where connamespace = 'kulning'::regnamespace and contype in ('c', 'f', 'x', 'u', 'p') and conparentid = 0
    union all select format('drop index if exists %s', indexrelid::regclass) from pg_index i
    join pg_class c on c.oid = i.indrelid where c.relnamespace = 'kulning'::regnamespace and i.indisunique
      and not exists (select from pg_constraint where conindid = i.indexrelid)
    union all select format('alter table %s alter column %I drop expression', attrelid::regclass, attname) from pg_attribute
    join pg_class c on c.oid = attrelid where c.relnamespace = 'kulning'::regnamespace and attgenerated = 's'
    union all select format('alter table %s disable trigger user', oid::regclass) from pg_class
    where relnamespace = 'kulning'::regnamespace and relkind in ('r', 'p')`);
  for (const { statement } of rows) await superuser.query(statement);
}

/** A literal of the type, different for each `n`. */
function sample(type: string, n: number): string {
  if (/^(text|character varying)$/.test(type)) return `'v${n}'`;
  if (/^(integer|bigint|smallint|numeric|real|double precision)$/.test(type)) return String(n);
  if (type.startsWith('timestamp') || type === 'date') return `'2026-01-0${n}'`;
  if (type === 'boolean') return n % 2 === 0 ? 'true' : 'false';
  if (type === 'bytea') return `'\\x0${n}'`;
  if (/^jsonb?$/.test(type)) return `'{"n":${n}}'`;
  if (type === 'uuid') return `'00000000-0000-0000-0000-00000000000${n}'`;
  if (type.endsWith('[]')) return `'{}'`;
  throw new TypeError(`teach this test a value of the type ${type}`);
}

function insertText(table: Table, organisation: string, n: number): string {
  const columns = table.columns.filter(({ given }) => !given);
  const values = columns.map(({ name, type }) =>
    name === table.owner ? `'${organisation}'` : sample(type, n),
  );
  return `insert into kulning.${table.name} (${columns.map(({ name }) => `"${name}"`).join(', ')}) values (${values.join(', ')})`;
}

/** Number of rows reached, or 'denied'; never anything but those, and nothing stays. */
async function attempt(
  role: Role,
  scope: string,
  statement: RawBuilder<unknown>,
): Promise<number | 'denied'> {
  const undo = new Error('undo');
  let reached = 0;
  const work = async (trx: AnyTransaction) => {
    const { rows, numAffectedRows } = await statement.execute(trx);
    reached = Number(numAffectedRows ?? rows.length);
    throw undo;
  };
  try {
    await inScope(database[role], scope, work);
  } catch (error) {
    if (error instanceof SqlError && error.sqlState === '42501') return 'denied';
    if (error !== undo) throw error;
  }
  return reached;
}

function inScope(pool: Database, scope: string, work: (trx: AnyTransaction) => Promise<void>): Promise<void> {
  if (scope === 'instance') return pool.inInstance('test', work);
  if (scope === 'none') return pool.kysely.transaction().execute(work);
  return pool.inOrganisation(scope, work);
}

function statementOf(table: Table, verb: Verb, owner: 'org_a' | 'org_b'): RawBuilder<unknown> {
  const settable =
    table.columns.find(({ given, name }) => !given && name !== table.owner) ?? table.columns[0]!;
  const where = table.owner === undefined ? '' : ` where "${table.owner}" = '${owner}'`;
  const texts: Record<Verb, string> = {
    select: `select 1 from kulning.${table.name}${where}`,
    insert: insertText(table, owner, 3),
    update: `update kulning.${table.name} set "${settable.name}" = "${settable.name}"${where}`,
    delete: `delete from kulning.${table.name}${where}`,
  };
  return sql.raw(texts[verb]);
}

async function granted(role: Role, table: Table, verb: Verb): Promise<boolean> {
  const { rows } = await superuser.query<{ granted: boolean }>(
    'select has_table_privilege($1, $2, $3) as granted',
    [`kulning_${role}`, `kulning.${table.name}`, verb],
  );
  return rows[0]?.granted === true;
}

test('the walk has tables to walk over, of both kinds', () => {
  expect(tables.filter(({ owner }) => owner !== undefined).length).toBeGreaterThan(2);
  expect(tables.filter(({ owner }) => owner === undefined).length).toBeGreaterThan(2);
});

test('no role is a superuser, bypasses row-level security, may log in or make roles', async () => {
  const { rows } = await superuser.query(`
    select rolname from pg_roles where rolname like 'kulning%'
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit or (rolcanlogin and rolname <> 'kulning'))`);
  expect(rows).toEqual([]);
  const { rows: all } = await superuser.query(
    `select rolname from pg_roles where rolname in ('kulning_app', 'kulning_sequencer', 'kulning_migrator')`,
  );
  expect(all).toHaveLength(3);
});

test('every table with a column for its organisation is under row-level security, for its owner too', async () => {
  const { rows } = await superuser.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'kulning'::regnamespace and relrowsecurity and relforcerowsecurity`);
  const protectedTables = rows.map(({ name }) => name).toSorted();
  expect(protectedTables).toEqual(
    tables
      .filter(({ owner }) => owner !== undefined)
      .map(({ name }) => name)
      .toSorted(),
  );
});

test('a role reaches what it was granted and nothing else', async () => {
  const wrong: string[] = [];
  for (const role of roles) {
    for (const table of tables) {
      for (const verb of verbs) {
        const outcome = await attempt(role, 'instance', statementOf(table, verb, 'org_a'));
        const mayReach = await granted(role, table, verb);
        // Updating and deleting some rows needs reading them.
        const possible =
          mayReach && (verb === 'insert' || verb === 'select' || (await granted(role, table, 'select')));
        if (possible ? outcome === 'denied' || outcome === 0 : outcome !== 'denied')
          wrong.push(`${role} ${verb} ${table.name}: ${outcome}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('in its organisation the app role reaches the rows of that one, and none of another', async () => {
  const wrong: string[] = [];
  for (const table of tables.filter(({ owner }) => owner !== undefined)) {
    for (const verb of verbs) {
      const own = await attempt('app', 'org_a', statementOf(table, verb, 'org_a'));
      const foreign = await attempt('app', 'org_a', statementOf(table, verb, 'org_b'));
      const outside = await attempt('app', 'none', statementOf(table, verb, 'org_a'));
      const mayReach = await granted('app', table, verb);
      if (own !== (mayReach ? 1 : 'denied')) wrong.push(`${verb} ${table.name}, own: ${own}`);
      for (const [whose, outcome] of Object.entries({ foreign, outside })) {
        if (outcome !== 0 && outcome !== 'denied') wrong.push(`${verb} ${table.name}, ${whose}: ${outcome}`);
      }
    }
    const move = sql.raw(
      `update kulning.${table.name} set "${table.owner}" = 'org_b' where "${table.owner}" = 'org_a'`,
    );
    const moved = await attempt('app', 'org_a', move);
    if (moved !== 'denied') wrong.push(`a row of ${table.name} moved to another organisation`);
  }
  expect(wrong).toEqual([]);
});

test('the sequencer touches the ledger alone, and nobody rewrites what the ledger holds', async () => {
  const wrong: string[] = [];
  for (const table of tables) {
    const isLedger = /^(ledger_|witness)/.test(table.name);
    for (const verb of verbs) {
      const bySequencer = await granted('sequencer', table, verb);
      if (bySequencer && !isLedger && !(table.name === 'migration' && verb === 'select'))
        wrong.push(`sequencer ${verb} ${table.name}`);
    }
  }
  for (const role of roles) {
    for (const verb of ['update', 'delete'] as const) {
      const entry = tables.find(({ name }) => name === 'ledger_entry')!;
      if (await granted(role, entry, verb)) wrong.push(`${role} ${verb} ledger_entry`);
    }
  }
  expect(wrong).toEqual([]);
});

test('neither role changes the schema, and the public has nothing', async () => {
  const wrong: string[] = [];
  for (const role of roles) {
    for (const { name } of tables) {
      for (const text of [
        `truncate kulning.${name}`,
        `alter table kulning.${name} disable row level security`,
        `drop table kulning.${name} cascade`,
      ]) {
        if ((await attempt(role, 'instance', sql.raw(text))) !== 'denied') wrong.push(`${role}: ${text}`);
      }
    }
    for (const text of [
      'create table kulning.mine (n int)',
      'create table public.mine (n int)',
      'create schema mine',
      'create role mine',
    ]) {
      if ((await attempt(role, 'instance', sql.raw(text))) !== 'denied') wrong.push(`${role}: ${text}`);
    }
  }
  const { rows } = await superuser.query(
    `select table_name from information_schema.table_privileges where grantee = 'PUBLIC' and table_schema = 'kulning'`,
  );
  expect([wrong, rows]).toEqual([[], []]);
});
