export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** How a table is sorted, as the address says it, and what a click on a heading makes of the address. */
export function sortingOf(
  search: { readonly sort?: string | undefined; readonly down?: boolean | undefined },
  change: (part: { sort: string; down: boolean | undefined }) => void,
): { readonly sort: Sort | undefined; readonly onSort: (sort: Sort) => void } {
  return {
    sort: search.sort === undefined ? undefined : { column: search.sort, descending: search.down ?? false },
    onSort: ({ column, descending }) => change({ sort: column, down: descending || undefined }),
  };
}

interface Valued<Row> {
  readonly id: string;
  readonly title: string;
  readonly value?: (row: Row) => string | number | null;
}

/** Sorts by one column; rows without a value come last either way, since unknown is neither small nor large. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Valued<Row>[],
  sort: Sort | undefined,
  compareText: (left: string, right: string) => number,
): readonly Row[] {
  const value = columns.find(({ id }) => id === sort?.column)?.value;
  if (!sort || !value) return rows;
  const sign = sort.descending ? -1 : 1;
  return rows.toSorted((leftRow, rightRow) => {
    const [left, right] = [value(leftRow), value(rightRow)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * compareText(String(left), String(right));
  });
}

/** A spreadsheet takes a cell that begins with one of these for a formula; a leading apostrophe disarms it. */
const formula = /^[=+\-@\t\r]/;

/** RFC 4180, with the columns that have a value. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Valued<Row>[]): string {
  const shown = columns.filter((column) => column.value);
  const quote = (cell: string | number | null | undefined) => {
    const text = typeof cell === 'string' && formula.test(cell) ? `'${cell}` : String(cell ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [
    shown.map(({ title }) => quote(title)),
    ...rows.map((row) => shown.map((column) => quote(column.value?.(row)))),
  ]
    .map((cells) => cells.join(','))
    .join('\r\n');
}
