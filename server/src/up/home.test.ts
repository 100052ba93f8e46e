import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { makeHome, readRunState, takeHome } from './home.ts';

let home: string;

beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'kulning-home-')), 'state');
});

afterEach(() => rmSync(join(home, '..'), { recursive: true }));

test('the folders are for their user alone', () => {
  for (const folder of Object.values(makeHome(home)))
    expect(statSync(folder).mode & 0o777, folder).toBe(0o700);
});

test('a second Kulning on the same home is refused, and says what to do', () => {
  const { run } = makeHome(home);
  const release = takeHome(run, 0);
  expect(() => takeHome(run, 0)).toThrow(
    expect.objectContaining({ code: 'home.in_use', hint: expect.stringContaining('kulning down') }),
  );
  release();
  takeHome(run, 0)();
});

test('the lock of a process that died is taken over', () => {
  const { run } = makeHome(home);
  writeFileSync(join(run, 'up.lock'), '4194304-1');
  const release = takeHome(run, 0);
  expect(readRunState(run)?.startedAt).toBe('1970-01-01T00:00:00.000Z');
  release();
  expect(readRunState(run)).toBeUndefined();
});

test('a home that cannot be written is refused with a remedy', () => {
  writeFileSync(home, 'a file where the folder should be');
  expect(() => makeHome(home)).toThrow(expect.objectContaining({ code: 'home.unwritable' }));
});

test('a home whose path leaves no room for its sockets is refused before anything is made', () => {
  const long = join(home, 'x'.repeat(100));
  expect(() => makeHome(long)).toThrow(
    expect.objectContaining({ code: 'home.path_too_long', hint: expect.stringContaining('KULNING_HOME') }),
  );
  expect(existsSync(home)).toBe(false);
});
