import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';
import { describe, expect, it } from 'vitest';

import type { ColumnDeclarations } from '../src/platform/vault/column-declaration.ts';
import { storeNames } from '../src/platform/vault/store-name.ts';
import { testDatabase } from './database.ts';

const source = join(import.meta.dirname, '../src');

/** Types that can hold text of any kind; numbers, times and booleans cannot hold content. */
const roomyTypes =
  "'text', 'varchar', 'bpchar', 'bytea', 'json', 'jsonb', 'xml', 'citext', 'tsvector', 'hstore', 'name'";

interface Column {
  readonly table: string;
  readonly column: string;
}

/** Of each slice, what its `*-columns.ts` file says. */
async function readDeclarations(): Promise<Map<string, ColumnDeclarations[string]>> {
  const declared = new Map<string, ColumnDeclarations[string]>();
  for await (const file of glob('**/*-columns.ts', { cwd: source })) {
    const { columns } = (await import(join(source, file))) as { columns: ColumnDeclarations };
    for (const [table, declaration] of Object.entries(columns)) {
      expect(declared.has(table), `${table} is declared twice; it has one owning slice`).toBe(false);
      declared.set(table, declaration);
    }
  }
  return declared;
}

async function columnsThatHoldText(): Promise<Column[]> {
  const database = await testDatabase();
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Column>(`
      select format('%s.%s', namespace.nspname, class.relname) as table, attribute.attname as column
      from pg_attribute as attribute
      join pg_class as class on class.oid = attribute.attrelid and class.relkind in ('r', 'p', 'm', 'f')
      join pg_namespace as namespace on namespace.oid = class.relnamespace
      join pg_type as type on type.oid = attribute.atttypid
      left join pg_type as element on element.oid = type.typelem and type.typcategory = 'A'
      where attribute.attnum > 0 and not attribute.attisdropped
        and namespace.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        and coalesce(element.typname, type.typname) in (${roomyTypes})
      order by 1, 2`);
    return rows;
  } finally {
    await client.end();
    await database.close();
  }
}

function declaredColumns(declaration: ColumnDeclarations[string] | undefined): string[] {
  const byStore = [declaration?.content, declaration?.personal].flatMap((part) => Object.values(part ?? {}));
  return [...(declaration?.identifier ?? []), ...(declaration?.metadata ?? []), ...byStore.flat()];
}

describe('every column that could hold content', () => {
  it('is declared by the slice that owns its table, and nothing else is', async () => {
    const declared = await readDeclarations();
    const columns = await columnsThatHoldText();
    expect(columns.length).toBeGreaterThan(50);

    const undeclared = columns.filter(
      ({ table, column }) => !declaredColumns(declared.get(table)).includes(column),
    );
    expect(
      undeclared.map(({ table, column }) => `${table}.${column}`),
      'Nobody said what these columns hold. In the slice that owns the table, add them to its `*-columns.ts` as ' +
        '`identifier` or `metadata`; if they can say anything about a person, put the content into the vault and ' +
        'declare it as `content` of a registered store, or, if it must be in clear, as `personal` of one.',
    ).toEqual([]);

    const there = new Set(columns.map(({ table, column }) => `${table}.${column}`));
    const gone = [...declared].flatMap(([table, declaration]) =>
      declaredColumns(declaration)
        .map((column) => `${table}.${column}`)
        .filter((name) => !there.has(name)),
    );
    expect(gone, 'These are declared and are not in the schema: take them out of `*-columns.ts`.').toEqual(
      [],
    );
  });

  it('belongs to a store that erasures can name', async () => {
    for (const [table, { content, personal }] of await readDeclarations()) {
      for (const store of Object.keys({ ...content, ...personal }))
        expect(storeNames, table).toContain(store);
    }
  });
});
