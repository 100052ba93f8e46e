// Brings the GPU builds of node-llama-cpp (640 MB) in place of the empty package that the default install holds.
// `npm ci` puts the empty package back.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const builds = ['linux-x64-cuda', 'linux-x64-cuda-ext', 'linux-x64-vulkan'];
const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? builds.filter((build) => asked.includes(build)) : builds;

if (process.platform !== 'linux' || process.arch !== 'x64' || wanted.length === 0) {
  console.error(`kulning: the GPU builds are ${builds.join(', ')}, for Linux on x64.`);
  process.exit(1);
}

const { version } = JSON.parse(readFileSync(join(modules, 'node-llama-cpp', 'package.json'), 'utf8'));
const names = wanted.map((build) => `@node-llama-cpp/${build}`);
// Beside node_modules, so that a rename moves what was fetched.
const draft = mkdtempSync(join(root, '.install-gpu-'));
try {
  writeFileSync(join(draft, 'package.json'), '{ "private": true }');
  const npm = process.env.npm_execpath;
  const [command, ...prefix] = npm ? [process.execPath, npm] : ['npm'];
  const packages = names.map((name) => `${name}@${version}`);
  const { status } = spawnSync(
    command,
    [...prefix, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
    { cwd: draft, stdio: 'inherit' },
  );
  if (status !== 0) {
    console.error('kulning: nothing was changed; npm’s message above says why.');
    process.exitCode = 1;
  } else {
    for (const name of names) {
      rmSync(join(modules, name), { recursive: true });
      renameSync(join(draft, 'node_modules', name), join(modules, name));
      console.error(`kulning: ${name} ${version} is in place.`);
    }
  }
} finally {
  rmSync(draft, { recursive: true, force: true });
}
