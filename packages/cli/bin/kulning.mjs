#!/usr/bin/env node
// Finds Node 24 and hands over. Plain JavaScript, because the Node that starts it may be older: npm puts the pinned
// one on the path, but a person may run this file with the machine's own.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 12)) {
  await import(main);
} else {
  const child = spawn(pinnedNode(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function pinnedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    console.error(
      `kulning: this is Node ${process.versions.node}; Kulning needs 24.12 or newer. Install it, or run \`npm start\` once in Kulning's folder: it brings its own.`,
    );
    process.exit(1);
  }
}
