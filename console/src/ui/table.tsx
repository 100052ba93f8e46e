import type { KeyboardEvent, ReactNode } from 'react';

import { useSpeech } from '../words/words.tsx';
import { csvOf, sortRows, type Sort } from './table-data.ts';
import { DownloadIcon, SortIcon } from './icons.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** What sorting and the CSV use. A column without it does neither. */
  readonly value?: (row: Row) => string | number | null;
  readonly align?: 'end';
  /** Left out on narrow screens. */
  readonly wide?: boolean;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  readonly selected?: string | undefined;
  readonly onSelect?: (row: Row) => void;
  readonly csv?: string;
  /** A detail stands beside: the wide columns leave. */
  readonly compact?: boolean;
}

function walk(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const step =
    event.key === 'ArrowDown'
      ? 'nextElementSibling'
      : event.key === 'ArrowUp'
        ? 'previousElementSibling'
        : undefined;
  const row = event.target instanceof Element ? event.target.closest('tr') : null;
  const next = step && row?.[step];
  if (!next) return;
  event.preventDefault();
  next.querySelector<HTMLElement>('[data-open]')?.focus();
}

const ariaSort = (sort: Sort | undefined, id: string) =>
  sort?.column === id ? (sort.descending ? 'descending' : 'ascending') : undefined;
const cellClass = <Row,>(column: Column<Row>) =>
  `px-3 py-2 ${column.align === 'end' ? 'text-right' : 'text-left'} ${column.wide ? 'max-md:hidden' : ''}`;

/** Sortable by its headings, walkable with the arrow keys; the first cell of a row opens its detail. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  sort,
  onSort,
  selected,
  onSelect,
  csv,
  compact = false,
}: TableProps<Row>) {
  const { words, format } = useSpeech();
  const sorted = sortRows(rows, columns, sort, format.compare);
  const shown = compact ? columns.filter(({ wide }) => wide !== true) : columns;
  const toggle = (id: string) =>
    onSort?.({ column: id, descending: sort?.column === id && !sort.descending });
  return (
    <div>
      <div tabIndex={0} role="region" aria-label={caption} className="overflow-x-auto">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr className="border-b border-line text-xs text-soft">
              {shown.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={ariaSort(sort, column.id)}
                  className={`align-bottom font-medium first-letter:uppercase ${cellClass(column)}`}
                >
                  {onSort && column.value ? (
                    <button
                      type="button"
                      onClick={() => toggle(column.id)}
                      className={`inline-flex items-end gap-1 hover:text-ink ${column.align === 'end' ? 'text-right' : 'text-left'}`}
                    >
                      {column.title}
                      <SortIcon
                        className={`size-3 shrink-0 ${sort?.column === column.id ? '' : 'opacity-0'} ${sort?.descending === false ? 'rotate-180' : ''}`}
                      />
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={walk}>
            {sorted.map((row) => (
              <tr
                key={rowKey(row)}
                className={`border-b border-line last:border-0 ${selected === rowKey(row) ? 'bg-accent-wash' : 'hover:bg-sunken'}`}
              >
                {shown.map((column, index) => (
                  <td key={column.id} className={`align-top ${cellClass(column)}`}>
                    {index === 0 && onSelect ? (
                      <button
                        type="button"
                        data-open
                        aria-pressed={selected === rowKey(row)}
                        onClick={() => onSelect(row)}
                        className="text-left font-medium text-ink underline decoration-line-strong underline-offset-3 hover:decoration-current"
                      >
                        {column.cell(row)}
                      </button>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {csv !== undefined && (
        <div className="border-t border-line px-3 py-1 text-right">
          <a
            download={csv}
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(sorted, columns))}`}
            className="inline-flex min-h-6 items-center gap-1 text-xs text-soft hover:text-ink"
          >
            <DownloadIcon className="size-3.5" />
            {words.common.csv}
          </a>
        </div>
      )}
    </div>
  );
}
