import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** `kulning up`: everything on this machine, supervised, until SIGTERM or SIGINT. Resolves when all has stopped. */
export async function up(config: Config): Promise<void> {
  const startedAt = performance.now();
  const folders = makeHome(config.home);
  const release = takeHome(folders.run, systemClock.now());
  const logFile = join(folders.log, 'kulning.log');
  const write = logWriter(logFile);
  const log = createLogger(write, () => systemClock.now(), { process: 'supervisor' });
  const stopped = stopSignal();
  const closers: (() => Promise<void>)[] = [];
  try {
    const databaseUrl = config.database.url ?? (await startDatabase(config, log, closers));
    await migrate({ url: databaseUrl, release: kulningRelease, log });
    const claim = Promise.withResolvers<{ token: string | undefined; firstStart: boolean }>();
    const urls = { control: Promise.withResolvers<string>(), gateway: Promise.withResolvers<string>() };
    const running = startProcesses(config, databaseUrl, folders.run, { write, log }, (from, message) => {
      if ('ready' in message) urls[from].resolve(message.url);
      if ('claimToken' in message)
        claim.resolve({ token: message.claimToken, firstStart: message.firstStart });
    });
    closers.push(
      () => running.engines.close(),
      () => running.control.stop(),
      () => running.gateway.stop(),
    );
    await Promise.race([Promise.all([running.control.ready, running.gateway.ready]), stopped]);
    if (!(await isPending(stopped))) return;
    const [consoleUrl, gatewayUrl, { token, firstStart }] = await Promise.all([
      urls.control.promise,
      urls.gateway.promise,
      claim.promise,
    ]);
    running.control.send({ gatewayUrl } satisfies ToControl);
    const publicUrl = config.control.publicUrl ?? consoleUrl;
    const claimUrl = token === undefined ? null : `${publicUrl}/claim#${token}`;
    writeRunState(folders.run, {
      identity: ownIdentity(),
      startedAt: new Date(systemClock.now()).toISOString(),
      consoleUrl: publicUrl,
      gatewayUrl,
      claimUrl,
    });
    const startMs = Math.round(performance.now() - startedAt);
    log.info('up.started', { startMs });
    tellParent({
      started: {
        consoleUrl: publicUrl,
        gatewayUrl,
        claimUrl,
        firstStart,
        home: config.home,
        logFile,
        startMs,
      },
    });
    await stopped;
    log.info('up.stopping');
  } finally {
    for (const close of closers.toReversed()) await close();
    release();
  }
}

async function startDatabase(config: Config, log: Logger, closers: (() => Promise<void>)[]): Promise<string> {
  const server = await startEmbeddedPostgres({ home: config.home, log });
  closers.push(() => server.stop());
  return server.url;
}

function startProcesses(
  config: Config,
  databaseUrl: string,
  runDir: string,
  { write, log }: { write: (line: string) => void; log: Logger },
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
  const engines = createEngineHost({
    runDir,
    programs: enginePrograms,
    log: log.child({ process: 'engines' }),
    onChange: (engineStates) => control.send({ engineStates } satisfies ToControl),
  });
  const control: SupervisedProcess = child('control', (message) => {
    if ('engines' in message) engines.apply((desired = message.engines));
    if ('ready' in message && desired.length > 0)
      control.send({ engineStates: engines.states() } satisfies ToControl);
    hear('control', message);
  });
  const gateway = child('gateway', (message) => {
    if ('ready' in message) control.send({ gatewayUrl: message.url } satisfies ToControl);
    hear('gateway', message);
  });
  return { control, gateway, engines };
}

/** The file always; the terminal's place is left to `kulning up`'s own words, so lines go there only when nobody reads a screen. */
function logWriter(file: string): (line: string) => void {
  const toFile = openLogFile(file);
  return (line) => {
    toFile(line);
    if (!process.stdout.isTTY && process.send === undefined) process.stderr.write(line);
  };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
    process.on('disconnect', () => resolve());
  });
}

async function isPending(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}
