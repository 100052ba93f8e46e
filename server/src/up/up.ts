import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { KulningError } from '@kulning/sdk';

import type { Config } from '../config.ts';
import type { EngineSpec } from '../core/engine/engine.ts';
import { enginePrograms } from '../adapters/engines/index.ts';
import { createEngineHost, type EngineHost } from '../platform/engine-host/engine-host.ts';
import { systemClock } from '../platform/id-source.ts';
import { openLogFile } from '../platform/log/log-file.ts';
import { createLogger, type Logger } from '../platform/log/logger.ts';
import { startEmbeddedPostgres } from '../platform/postgres/embedded-server.ts';
import { migrate } from '../platform/postgres/migrator.ts';
import { release as kulningRelease } from '../release.ts';
import { superviseProcess, type SupervisedProcess } from './child-process.ts';
import { makeHome, takeHome, writeRunState } from './home.ts';
import { type FromChild, tellParent, type ToControl } from './messages.ts';
import { ownIdentity } from '../platform/postgres/process-identity.ts';

const script = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Streams may take a while to end; then they are cut, with an error event. */
const drainMs = 20_000;

interface Running {
  readonly gateway: SupervisedProcess;
  readonly control: SupervisedProcess;
  readonly engines: EngineHost;
}

/** What a stop undoes, newest first. */
type Closers = (() => Promise<void>)[];

interface Logging {
  readonly file: string;
  readonly write: (line: string) => void;
  readonly log: Logger;
}

/** `kulning up`: everything on this machine, supervised, until SIGTERM or SIGINT. Resolves when all has stopped. */
export async function up(config: Config): Promise<void> {
  const startedAt = performance.now();
  const folders = makeHome(config.home);
  const release = takeHome(folders.run, systemClock.now());
  const logging = openLogging(join(folders.log, 'kulning.log'));
  const stopped = stopSignal();
  const closers: Closers = [];
  try {
    const started = start(config, folders.run, logging, closers).then((running) =>
      announce(config, folders.run, running, logging, Math.round(performance.now() - startedAt)),
    );
    await Promise.race([started, stopped]);
    await stopped;
    logging.log.info('up.stopping');
  } finally {
    for (const close of closers.toReversed()) await close();
    release();
  }
}

interface Started {
  readonly consoleUrl: string;
  readonly gatewayUrl: string;
  readonly claimToken: string | null;
  readonly firstStart: boolean;
}

/** @throws KulningError `up.failed` when a part ends before it was ever ready */
async function start(config: Config, runDir: string, logging: Logging, closers: Closers): Promise<Started> {
  const databaseUrl = config.database.url ?? (await startDatabase(config, logging.log, closers));
  await whileItPasses(logging.log, () =>
    migrate({ url: databaseUrl, release: kulningRelease, log: logging.log }),
  );
  const claim = Promise.withResolvers<Pick<Started, 'claimToken' | 'firstStart'>>();
  const urls = { control: Promise.withResolvers<string>(), gateway: Promise.withResolvers<string>() };
  const { control, gateway, engines } = startProcesses(
    config,
    databaseUrl,
    runDir,
    logging,
    (from, message) => {
      if ('ready' in message) urls[from].resolve(message.url);
      if ('claimToken' in message) claim.resolve(message);
    },
  );
  closers.push(
    () => engines.close(),
    () => control.stop(),
    () => gateway.stop(),
  );
  await Promise.all([control.ready, gateway.ready]);
  const [consoleUrl, gatewayUrl] = await Promise.all([urls.control.promise, urls.gateway.promise]);
  return { consoleUrl: config.control.publicUrl ?? consoleUrl, gatewayUrl, ...(await claim.promise) };
}

/** A database that dies while it is migrated, or that is not up yet, comes back: it is tried again for a while. */
async function whileItPasses<T>(log: Logger, work: () => Promise<T>): Promise<T> {
  const deadline = systemClock.now() + 20_000;
  for (;;) {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof KulningError) || !cause.retryable || systemClock.now() > deadline) throw cause;
      log.warn('up.tried_again', { errorCode: cause.code });
      await sleep(500);
    }
  }
}

function announce(
  config: Config,
  runDir: string,
  running: Started,
  { log, file }: Logging,
  startMs: number,
): void {
  const { consoleUrl, gatewayUrl, claimToken, firstStart } = running;
  const claimUrl = claimToken === null ? null : `${consoleUrl}/claim#${claimToken}`;
  const startedAt = new Date(systemClock.now()).toISOString();
  writeRunState(runDir, { identity: ownIdentity(), startedAt, consoleUrl, gatewayUrl, claimUrl });
  log.info('up.started', { startMs });
  tellParent({
    started: { consoleUrl, gatewayUrl, claimUrl, firstStart, home: config.home, logFile: file, startMs },
  });
}

async function startDatabase(config: Config, log: Logger, closers: Closers): Promise<string> {
  const server = await startEmbeddedPostgres({ home: config.home, log });
  closers.push(() => server.stop());
  return server.url;
}

function startProcesses(
  config: Config,
  databaseUrl: string,
  runDir: string,
  { write, log }: Logging,
  hear: (from: 'control' | 'gateway', message: FromChild) => void,
): Running {
  const env = {
    ...process.env,
    KULNING_DATABASE_URL: databaseUrl,
    KULNING_HOME: config.home,
    KULNING_KEYS: config.keys,
  };
  const child = (name: 'control' | 'gateway', onMessage: (message: FromChild) => void) =>
    superviseProcess(
      {
        name,
        script,
        args: ['serve', '--role', name],
        env,
        drainMs,
        onMessage: (message) => onMessage(message as FromChild),
      },
      log,
      systemClock,
      write,
    );
  let desired: readonly EngineSpec[] = [];
  let gatewayUrl: string | undefined;
  const engines = createEngineHost({
    runDir,
    programs: enginePrograms,
    log: log.child({ process: 'engines' }),
    onChange: (engineStates) => control.send({ engineStates } satisfies ToControl),
  });
  const control: SupervisedProcess = child('control', (message) => {
    if ('engines' in message) engines.apply((desired = message.engines));
    if ('ready' in message) {
      // One that came back after a crash has forgotten what it was told.
      if (desired.length > 0) control.send({ engineStates: engines.states() } satisfies ToControl);
      if (gatewayUrl !== undefined) control.send({ gatewayUrl } satisfies ToControl);
    }
    hear('control', message);
  });
  const gateway = child('gateway', (message) => {
    if ('ready' in message) control.send({ gatewayUrl: (gatewayUrl = message.url) } satisfies ToControl);
    hear('gateway', message);
  });
  return { control, gateway, engines };
}

/** The file always; the terminal's place is left to `kulning up`'s own words, so lines go there only when nobody reads a screen. */
function openLogging(file: string): Logging {
  const toFile = openLogFile(file);
  const write = (line: string) => {
    toFile(line);
    if (!process.stdout.isTTY && process.send === undefined) process.stderr.write(line);
  };
  return { file, write, log: createLogger(write, () => systemClock.now(), { process: 'supervisor' }) };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
    process.on('disconnect', () => resolve());
  });
}
