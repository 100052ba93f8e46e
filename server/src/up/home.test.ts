import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

test('a lock and a state that a loss of power emptied keep nobody out', () => {
  const { run } = makeHome(home);
  writeFileSync(join(run, 'up.lock'), '');
  writeFileSync(join(run, 'up.json'), '');
  expect(readRunState(run)).toBeUndefined();
  takeHome(run, 0)();
  takeHome(run, 0)();
  expect(readdirSync(run)).toEqual(['up.lock.2']);
});

test('of many that start at once on what a dead one left, one takes the home', async () => {
  const { run } = makeHome(home);
  const module = JSON.stringify(join(import.meta.dirname, 'home.ts'));
  // Each looks at the lock at the same moment, and the winner lives until all have looked.
  const script = `
    import { takeHome } from ${module};
    while (Date.now() < Number(process.argv[1]));
    try { takeHome(${JSON.stringify(run)}, 0); console.log('took'); } catch (error) { console.log(error.code); }
    setTimeout(() => process.exit(), 1500);`;
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(join(run, 'up.lock'), '4194304-1');
    const at = String(Date.now() + 4_000);
    const said = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const args = ['--input-type=module', '--eval', script, at];
        return (await promisify(execFile)(process.execPath, args)).stdout.trim();
      }),
    );
    expect(said.toSorted()).toEqual(['home.in_use', 'home.in_use', 'home.in_use', 'home.in_use', 'took']);
  }
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
