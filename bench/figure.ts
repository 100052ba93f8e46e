/** One line of the table that a run ends in. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'µs' | 'ms' | 's' | '/s' | 'MB' | '×';
  /** What it is held against, measured in the same run. */
  readonly beside?: { readonly what: string; readonly value: number };
  /** What was promised; a figure without one is told, not judged. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

/** Hands the figures to the run that started this part; a part that runs alone prints them itself. */
export function report(figures: readonly Figure[]): void {
  if (process.send) process.send({ figures });
  else for (const line of tableOf(figures)) console.log(line);
}

const columns = ['what', 'measured', 'beside it, in the same run', 'target', 'verdict'] as const;

export function tableOf(figures: readonly Figure[]): string[] {
  const rows = figures.map((figure) => [
    figure.what,
    amount(figure.value, figure.unit),
    figure.beside ? `${amount(figure.beside.value, figure.unit)} ${figure.beside.what}` : '',
    targetOf(figure),
    verdictOf(figure),
  ]);
  const widths = columns.map((name, at) =>
    Math.max(...[name, ...rows.map((row) => row[at] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function targetOf({ target, unit }: Figure): string {
  if (!target) return '';
  return 'atMost' in target ? `≤ ${amount(target.atMost, unit)}` : `≥ ${amount(target.atLeast, unit)}`;
}

/** Reached, or how far from it. */
export function verdictOf({ value, target }: Pick<Figure, 'value' | 'target'>): string {
  if (!target) return '';
  const share = 'atMost' in target ? value / target.atMost - 1 : 1 - value / target.atLeast;
  if (Number.isNaN(share)) return 'not measured';
  if (share <= 0) return 'reached';
  return `${Math.ceil(share * 100)} % ${'atMost' in target ? 'above' : 'below'}`;
}

function amount(value: number, unit: Figure['unit']): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '/s' ? `${text}/s` : `${text} ${unit}`;
}
