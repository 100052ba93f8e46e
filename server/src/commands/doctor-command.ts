import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { Config, LoadedConfig } from '../config.ts';
import { silentLogger } from '../platform/log/logger.ts';
import { databaseChecks } from '../platform/postgres/database-checks.ts';
import { release } from '../release.ts';
import { foldersOf, readRunState } from '../up/home.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do when it is not ok. */
  readonly remedy?: string;
}

const gib = 2 ** 30;
const shippedModel = fileURLToPath(
  new URL('../../../examples/train-triage/kulning-triage.gguf', import.meta.url),
);

/** `kulning doctor`: looks at everything that a start needs, changes nothing, and says how to mend what is wrong. */
export async function runDoctor({ config }: LoadedConfig, args: readonly string[]): Promise<void> {
  const running = readRunState(foldersOf(config.home).run) !== undefined;
  const checks = [
    nodeCheck(),
    ...folderChecks(config),
    diskCheck(config),
    memoryCheck(),
    clockCheck(),
    ...(await Promise.all([
      portCheck('control', config.control, running),
      portCheck('gateway', config.gateway, running),
    ])),
    engineCheck(),
    ...(await databaseChecks({ home: config.home, url: config.database.url, release, log: silentLogger })),
  ];
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(checks, null, 2)}\n`);
  else
    for (const { name, ok, detail, remedy } of checks)
      process.stdout.write(
        `${ok ? '✓' : '✗'} ${name.padEnd(22)} ${detail}${ok || remedy === undefined ? '' : `\n    → ${remedy}`}\n`,
      );
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 1;
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 24 || (major === 24 && minor >= 12);
  return {
    name: 'node',
    ok,
    detail: process.version,
    remedy: 'Start Kulning with `npm start` or `npx kulning up`: both bring Node 24.',
  };
}

function folderChecks(config: Config): Check[] {
  return (['home', 'keys'] as const).map((name) => {
    const folder = config[name];
    if (!existsSync(folder)) return { name, ok: true, detail: `${folder} (made at the first start)` };
    const mode = statSync(folder).mode & 0o777;
    const privateMode = (mode & 0o077) === 0;
    const writable = isWritable(folder);
    return {
      name,
      ok: privateMode && writable,
      detail: `${folder} (${mode.toString(8)}${writable ? '' : ', not writable'})`,
      remedy: `chmod 700 ${folder}; chown it to the user who runs Kulning.`,
    };
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // Not writable is the answer, not a failure.
    return false;
  }
}

function diskCheck(config: Config): Check {
  const folder = existsSync(config.home) ? config.home : process.cwd();
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  return {
    name: 'disk',
    ok: freeBytes > 2 * gib,
    detail: `${(freeBytes / gib).toFixed(1)} GiB free at ${folder}`,
    remedy: 'Free at least 2 GiB, or set KULNING_HOME to a larger disk.',
  };
}

function memoryCheck(): Check {
  const available = /MemAvailable:\s+(\d+)/.exec(readProc('/proc/meminfo'))?.[1];
  const bytes = available === undefined ? freemem() : Number(available) * 1024;
  return {
    name: 'memory',
    ok: bytes > 1.5 * gib,
    detail: `${(bytes / gib).toFixed(1)} of ${(totalmem() / gib).toFixed(1)} GiB available, ${cpus().length} cores`,
    remedy: 'Kulning needs about 1.5 GiB beside the models; end something, or take a larger machine.',
  };
}

/** A clock before the build's own time is wrong; a receipt would carry it. */
function clockCheck(): Check {
  const built = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const now = Date.now();
  return {
    name: 'clock',
    ok: now > built - 86_400_000,
    detail: new Date(now).toISOString(),
    remedy: 'Set the clock; receipts carry the time (timedatectl set-ntp true).',
  };
}

function portCheck(
  name: 'control' | 'gateway',
  { host, port }: { host: string; port: number },
  running: boolean,
): Promise<Check> {
  const label = `${name} port`;
  const remedy = `Stop the program that holds it, or set KULNING_${name.toUpperCase()}_PORT.`;
  if (running)
    return Promise.resolve({ name: label, ok: true, detail: `${host}:${port} (Kulning is running)` });
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) =>
      resolve({ name: label, ok: false, detail: `${host}:${port} ${cause.code ?? ''}`, remedy }),
    );
    server.listen({ host, port }, () =>
      server.close(() => resolve({ name: label, ok: true, detail: `${host}:${port} is free` })),
    );
  });
}

function engineCheck(): Check {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime;
  const [major = 0, minor = 0] = (glibc ?? '0.0').split('.').map(Number);
  const shipped = existsSync(shippedModel);
  return {
    name: 'engine',
    ok: (major > 2 || (major === 2 && minor >= 34)) && shipped,
    detail: `glibc ${glibc ?? 'absent'}; shipped model ${shipped ? 'present' : 'missing'}`,
    remedy:
      'The local engine needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04) and the model file of the repository.',
  };
}

function readProc(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
