// The npm scripts, on the pinned Node 24 (run.mjs got us here).
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const node = (...args) => [process.execPath, args];

/** The console's pages are built when they are missing or older than what they are made of. */
function consoleBuild() {
  const built = join(root, 'console', 'dist', 'index.html');
  const sources = [
    'console/src',
    'console/index.html',
    'console/vite.config.ts',
    'packages/sdk/src',
    'packages/verify/src',
  ];
  const newest = Math.max(...sources.map((source) => newestIn(join(root, source))));
  return existsSync(built) && statSync(built).mtimeMs > newest
    ? []
    : [[bin('vite'), ['build', 'console', '--logLevel', 'error']]];
}

function newestIn(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

const tasks = {
  start: (args) => [...consoleBuild(), node('packages/cli/bin/kulning.mjs', 'up', ...args)],
  test: (args) => [node(bin('vitest'), 'run', '--project', 'unit', ...args)],
  'test:system': (args) => [
    node('tools/system-packages.mjs'),
    ...consoleBuild(),
    node(bin('vitest'), 'run', '--project', 'system', ...args),
  ],
  check: () => [
    [bin('tsc'), ['--noEmit', '-p', '.']],
    [bin('oxlint'), ['--type-aware', '--deny-warnings']],
    [bin('oxfmt'), ['--check', '.']],
    [bin('knip'), []],
    node(bin('vitest'), 'run', '--project', 'unit', 'tools/architecture.test.ts'),
  ],
  build: () => [[bin('vite'), ['build', 'console']]],
  prove: (args) => [node('tools/prove.ts', ...args)],
  bench: (args) => [node('bench/bench.ts', ...args)],
  screenshots: (args) => [
    node('tools/system-packages.mjs'),
    ...consoleBuild(),
    node('tools/screenshots.ts', ...args),
  ],
  'install:gpu': (args) => [node('tools/install-gpu.mjs', ...args)],
};

const [name = '', ...args] = process.argv.slice(2);
const plan = tasks[name]?.(args);
if (!plan) {
  console.error(`kulning: there is no task '${name}'; there are ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}

for (const [command, commandArgs] of plan) {
  const child = spawn(command, commandArgs, { cwd: root, stdio: 'inherit' });
  const forward = (signal) => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
  const code = await new Promise((resolve) =>
    child.on('exit', (exit, signal) => resolve(exit ?? (signal ? 143 : 1))),
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward);
  if (code !== 0) process.exit(code);
}
