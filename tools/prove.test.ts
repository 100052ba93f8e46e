import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { proofRecords } from './proof-record.ts';

let root: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kulning-prove-'));
  mkdirSync(join(root, 'covered'));
  writeFileSync(join(root, 'covered', 'rule.ts'), 'export const rule = 1;\n');
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
});
afterEach(() => rmSync(root, { recursive: true }));

/** In a process of its own; `signal` is sent once the output matches `after`. */
function prove(args: readonly string[], { after, signal }: { after?: RegExp; signal?: NodeJS.Signals } = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'prove-trial.ts'), root, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    // Once: a second SIGINT ends it at once, as a second Ctrl-C is meant to.
    if (!child.killed && after?.test(output)) child.kill(signal);
  });
  return new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
}

const records = () => proofRecords(root);

describe('npm run prove', () => {
  test('goes on after kill -9 with the next part, the same seed, and counts no part twice', async () => {
    await prove(['counting', '--seed', '7'], { after: /: 5 of 40 parts/, signal: 'SIGKILL' });
    const kept = records().progress('counting')?.parts ?? 0;
    expect(kept).toBeGreaterThanOrEqual(5);
    expect(kept).toBeLessThan(40);
    expect(records().record('counting')).toBeUndefined();

    const { code, output } = await prove(['counting']);
    expect(output).toContain(`seed 7, going on at part ${kept} of 40`);
    expect(code).toBe(0);
    expect(records().record('counting')).toMatchObject({
      holds: true,
      stale: false,
      seed: 7,
      commit: git('rev-parse', 'HEAD'),
      counts: { parts: 40, sumOfParts: 780, sumOfSeeds: 280 },
    });
    expect(records().progress('counting')).toBeUndefined();
  });

  test('stops at SIGINT within a part, and says how to go on', async () => {
    const { code, output } = await prove(['counting'], { after: /: 2 of 40 parts/, signal: 'SIGINT' });
    expect(code).toBe(0);
    expect(output).toContain('stopped; npm run prove counting goes on');
    expect((await prove([])).output).toMatch(/stopped after \d+ of 40 parts/);
  });

  test('begins anew with another seed, or when the code is another', async () => {
    const half = { after: /: 3 of 40 parts/, signal: 'SIGINT' } as const;
    await prove(['counting', '--seed', '7'], half);
    expect((await prove(['counting', '--seed', '8'], half)).output).toContain('seed 8, from the beginning');
    writeFileSync(join(root, 'covered', 'rule.ts'), 'export const rule = 2;\n');
    expect((await prove(['counting', '--seed', '8'], half)).output).toContain('seed 8, from the beginning');
  });

  test('marks a record stale when what it covers has changed, and takes the mark back with the change', async () => {
    await prove(['counting', '--seed', '7']);
    writeFileSync(join(root, 'covered', 'rule.ts'), 'export const rule = 2;\n');
    expect((await prove([])).output).toContain('STALE (the code has changed since)');
    expect(records().record('counting')?.stale).toBe(true);
    git('checkout', '-q', '.');
    await prove([]);
    expect(records().record('counting')?.stale).toBe(false);
  });

  test('a test beside the code does not make its record stale; a new file of it does', async () => {
    await prove(['counting']);
    writeFileSync(join(root, 'covered', 'rule.test.ts'), '');
    await prove([]);
    expect(records().record('counting')?.stale).toBe(false);
    writeFileSync(join(root, 'covered', 'other.ts'), '');
    await prove([]);
    expect(records().record('counting')?.stale).toBe(true);
  });

  test('names the commit dirty when covered files differ from it', async () => {
    writeFileSync(join(root, 'covered', 'rule.ts'), 'export const rule = 2;\n');
    await prove(['counting']);
    expect(records().record('counting')?.commit).toBe(`${git('rev-parse', 'HEAD')}-dirty`);
  });

  test('records what does not hold, with the case, and ends with 1', async () => {
    const { code, output } = await prove(['failing', '--seed', '7']);
    expect(code).toBe(1);
    expect(output).toContain('DOES NOT HOLD, part 3: case 7 is forbidden and was placed');
    expect(records().record('failing')).toMatchObject({ holds: false, seed: 7, counts: { parts: 3 } });
  });

  test('refuses an unknown name with the nearest, a wrong seed and an unknown option', async () => {
    const { code, output } = await prove(['countin']);
    expect(code).toBe(2);
    expect(output).toContain(
      `There is no proof 'countin'. Did you mean counting? There are counting, failing.`,
    );
    expect(await prove(['counting', '--seed', 'x'])).toMatchObject({ code: 2 });
    expect(await prove(['--sed', '7'])).toMatchObject({ code: 2 });
  });

  test('a proof of files that do not exist is refused', () => {
    expect(() => records().digestOfCovered({ covers: ['gone/*.ts'] })).toThrow('nothing matches gone/*.ts');
  });
});
