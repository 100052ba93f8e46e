import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

import { asSaid, type Language, type Localized } from '@kulning/sdk';

import type { Config, LoadedConfig } from '../config.ts';
import type { Check } from '../platform/check.ts';
import { silentLogger } from '../platform/log/logger.ts';
import { databaseChecks } from '../platform/postgres/database-checks.ts';
import { release } from '../release.ts';
import { foldersOf, readRunState } from '../up/home.ts';
import { doctorTitles, doctorWords as words } from './doctor-words.ts';

const gib = 2 ** 30;
const shippedModel = fileURLToPath(
  new URL('../../../examples/train-triage/kulning-triage.gguf', import.meta.url),
);

/** `kulning doctor`: looks at everything that a start needs, changes nothing, and says how to mend what is wrong. */
export async function runDoctor(
  { config }: LoadedConfig,
  args: readonly string[],
  language: Language,
): Promise<void> {
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
  const said = checks.map(({ name, title, ok, detail, remedy }) => ({
    name,
    title: title[language],
    ok,
    detail: detail[language],
    ...(remedy && { remedy: remedy[language] }),
  }));
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(said, null, 2)}\n`);
  else
    for (const { title, ok, detail, remedy } of said)
      process.stdout.write(
        `${ok ? '✓' : '✗'} ${title.padEnd(24)} ${detail}${ok || remedy === undefined ? '' : `\n    → ${remedy}`}\n`,
      );
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 1;
}

const check = (
  name: keyof typeof doctorTitles,
  ok: boolean,
  detail: Localized<string>,
  remedy: Localized<string>,
): Check => ({ name, title: doctorTitles[name], ok, detail, remedy });

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 24 || (major === 24 && minor >= 12);
  return check('node', ok, asSaid(process.version), words.bringNode);
}

function folderChecks(config: Config): Check[] {
  return (['home', 'keys'] as const).map((name) => {
    const folder = config[name];
    if (!existsSync(folder)) return check(name, true, words.madeAtStart(folder), words.closeFolder(folder));
    const mode = (statSync(folder).mode & 0o777).toString(8);
    const writable = isWritable(folder);
    const detail = writable ? asSaid(`${folder} (${mode})`) : words.notWritable(folder, mode);
    return check(name, mode.endsWith('00') && writable, detail, words.closeFolder(folder));
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
  const detail = words.diskFree(freeBytes / gib, folder);
  return check('disk', freeBytes > 2 * gib, detail, words.freeDisk);
}

function memoryCheck(): Check {
  const available = /MemAvailable:\s+(\d+)/.exec(readProc('/proc/meminfo'))?.[1];
  const bytes = available === undefined ? freemem() : Number(available) * 1024;
  const detail = words.memoryFree(bytes / gib, totalmem() / gib, cpus().length);
  return check('memory', bytes > 1.5 * gib, detail, words.freeMemory);
}

/** A clock before the build's own time is wrong; a receipt would carry it. */
function clockCheck(): Check {
  const built = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  const now = Date.now();
  return check('clock', now > built - 86_400_000, asSaid(new Date(now).toISOString()), words.setClock);
}

function portCheck(
  part: 'control' | 'gateway',
  { host, port }: { host: string; port: number },
  running: boolean,
): Promise<Check> {
  const address = `${host}:${port}`;
  const found = (ok: boolean, detail: Localized<string>) =>
    check(`${part} port`, ok, detail, words.freePort(`KULNING_${part.toUpperCase()}_PORT`));
  if (running) return Promise.resolve(found(true, words.portOurs(address)));
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) =>
      resolve(found(false, words.portRefused(address, cause.code ?? cause.name))),
    );
    server.listen({ host, port }, () => server.close(() => resolve(found(true, words.portFree(address)))));
  });
}

function engineCheck(): Check {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime ?? '–';
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  const shipped = existsSync(shippedModel);
  const recent = major > 2 || (major === 2 && minor >= 34);
  const detail = shipped ? words.engineWhole(glibc) : words.engineWithoutModel(glibc);
  return check('engine', recent && shipped, detail, words.engineNeeds);
}

function readProc(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
