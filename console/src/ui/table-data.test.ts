import { describe, expect, it } from 'vitest';

import { createFormat } from '../words/format.ts';
import { csvOf, sortRows, sortingOf } from './table-data.ts';

interface Row {
  readonly name: string;
  readonly power: number | null;
}

const columns = [
  { id: 'name', title: 'Name', value: (row: Row) => row.name },
  { id: 'power', title: 'Power', value: (row: Row) => row.power },
  { id: 'button', title: 'Button' },
];
const rows: readonly Row[] = [
  { name: 'Örebro', power: null },
  { name: 'Åre', power: 9 },
  { name: 'Zug', power: 10 },
];
const names = (sorted: readonly Row[]) => sorted.map(({ name }) => name);

describe('table data', () => {
  it('sorts numbers as numbers, and the unknown last either way', () => {
    const { compare } = createFormat('en');
    const by = (descending: boolean) =>
      names(sortRows(rows, columns, { column: 'power', descending }, compare));
    expect(by(false)).toEqual(['Åre', 'Zug', 'Örebro']);
    expect(by(true)).toEqual(['Zug', 'Åre', 'Örebro']);
  });

  it('sorts text as the reader’s language does', () => {
    const by = (language: 'en' | 'sv') =>
      names(sortRows(rows, columns, { column: 'name', descending: false }, createFormat(language).compare));
    expect(by('en')).toEqual(['Åre', 'Örebro', 'Zug']);
    expect(by('sv')).toEqual(['Zug', 'Åre', 'Örebro']);
  });

  it('leaves the order alone for a column that nobody has', () => {
    expect(sortRows(rows, columns, { column: 'nothing', descending: true }, createFormat('en').compare)).toBe(
      rows,
    );
  });

  it('quotes what CSV needs quoted, leaves the unknown empty, and disarms formulas', () => {
    const wild: readonly Row[] = [
      { name: 'a "b", c', power: 1.5 },
      { name: '=HYPERLINK("x")', power: null },
    ];
    expect(csvOf(wild, columns)).toBe('Name,Power\r\n"a ""b"", c",1.5\r\n"\'=HYPERLINK(""x"")",');
  });

  it('keeps the sort in the address', () => {
    const parts: unknown[] = [];
    const sorting = sortingOf({ sort: 'name', down: true }, (part) => parts.push(part));
    sorting.onSort({ column: 'power', descending: false });
    expect([sorting.sort, parts]).toEqual([
      { column: 'name', descending: true },
      [{ sort: 'power', down: undefined }],
    ]);
  });
});
