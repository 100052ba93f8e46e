// The first thing every npm script runs, on whatever Node the machine has: it checks that Node, installs the
// locked packages when they are missing or stale, then hands over to the pinned Node 24. Plain JavaScript on
// purpose, with no dependency: it must work before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.kulning-installed');
const [task = 'start', ...rest] = process.argv.slice(2);
/** To run Kulning needs half of what to test and change it needs. */
const wanted = task === 'start' ? 'product' : 'everything';

const fail = (message) => {
  console.error(`kulning: ${message}`);
  process.exit(1);
};

const hostMajor = Number(process.versions.node.split('.')[0]);
if (hostMajor < 20)
  fail(`this machine's Node is ${process.version}; install Node 20 or newer and run the command again.`);

const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
/** A folder may be shared by machines of two kinds; what one installed does not run on the other. */
const forAnotherMachine =
  process.platform === 'linux' &&
  ['x64', 'arm64'].includes(process.arch) &&
  !existsSync(join(root, 'node_modules', `node-linux-${process.arch}`));
const [installedHash = '', installed = ''] =
  forAnotherMachine || !existsSync(stamp) ? [] : readFileSync(stamp, 'utf8').split(' ');
if (installedHash !== lockHash) install('ci');
// Adds what is missing and removes nothing: Kulning may be running on what is there.
else if (installed !== wanted && wanted === 'everything') install('install', '--no-save');

function install(...how) {
  try {
    accessSync(root, constants.W_OK);
  } catch (error) {
    fail(
      `packages must be installed and ${root} cannot be written (${error.code}). Make the folder yours, or clone to one that is.`,
    );
  }
  const size = wanted === 'product' ? 'about 510 MB' : 'about 830 MB';
  console.error(`kulning: installing the locked packages (once, ${size} on disk) …`);
  const npm = process.env.npm_execpath;
  const [command, ...prefix] = npm ? [process.execPath, npm] : ['npm'];
  // Only errors: packages that want a newer Node than this machine's get it, see below.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (wanted === 'product') options.push('--omit=dev');
  const result = spawnSync(command, [...prefix, ...how, ...options], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) fail(`\`npm ${how[0]}\` failed; its message above says why. Nothing was started.`);
  writeFileSync(stamp, `${lockHash} ${wanted}`);
}

/** The pinned Node, or the host's when it is new enough (macOS brings its own). */
function pinnedNode() {
  try {
    return createRequire(join(root, 'package.json')).resolve(`node-linux-${process.arch}/bin/node`);
  } catch (error) {
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
    fail(
      `no Node 24 for ${process.platform}-${process.arch} is among the packages (${error.code}), and this machine's is ${process.version}. Install Node 24.12 or newer.`,
    );
  }
}

const node = pinnedNode();
const child = spawn(node, [join(root, 'tools', 'task.mjs'), task, ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
});
child.on('error', ({ code }) =>
  fail(`${node} cannot be run here (${code}); it needs Linux with glibc 2.34 or newer (not musl).`),
);
// A terminal's Ctrl-C reaches the child by itself.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
