import type { Language } from '@kulning/sdk';

import type { LoadedConfig } from '../config.ts';

/** `kulning config`: every setting with its value and where the value comes from; secrets masked. */
export function runConfig({ entries }: LoadedConfig, args: readonly string[], language: Language): void {
  const rows = entries.map((entry) => ({
    setting: entry.path,
    value: entry.secret && entry.value !== undefined ? '•••••' : entry.value,
    origin: entry.origin,
    description: entry.description[language],
  }));
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const width = (pick: (row: (typeof rows)[number]) => string) =>
    Math.max(...rows.map((row) => pick(row).length));
  const shown = (value: unknown) =>
    value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  const [settingWidth, valueWidth, originWidth] = [
    width(({ setting }) => setting),
    Math.min(
      40,
      width(({ value }) => shown(value)),
    ),
    width(({ origin }) => origin),
  ];
  for (const { setting, value, origin, description } of rows) {
    process.stdout.write(
      `${setting.padEnd(settingWidth)}  ${shown(value).padEnd(valueWidth)}  ${origin.padEnd(originWidth)}  ${description}\n`,
    );
  }
}
