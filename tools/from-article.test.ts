import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, test } from 'vitest';

import { allOperations } from '@kulning/sdk';

import { commandNames } from '../packages/cli/src/command-names.ts';
import { commandOf } from '../packages/cli/src/operation-command.ts';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/from-article.md'), 'utf8');
const named = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, name = '']) => name);

test('every command that the page names exists', () => {
  const known = new Set([...commandNames, ...allOperations.map(commandOf)]);
  const commands = named(/`kulning ([a-z -]+)`/g);
  expect(commands.length).toBeGreaterThan(15);
  expect(commands.filter((command) => !known.has(command))).toEqual([]);
});

test('every test that the page names exists', () => {
  const tests = named(/`([\w/.-]+\.test\.ts)`/g);
  expect(tests.length).toBeGreaterThan(15);
  expect(tests.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('every row says what its status is, and what works names a command', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| «'));
  expect(rows.length).toBeGreaterThan(35);
  for (const row of rows) {
    const cells = row.split('|').map((cell) => cell.trim());
    const status = cells.at(-2) ?? '';
    expect(status, row).toMatch(/^(works|simulated|declared|not yet|calls and tokens only)/);
    if (status.startsWith('works')) expect(cells[4], row).toContain('kulning');
  }
});
