import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { createClient, identityOperations } from '@kulning/sdk';

import { startedMessage } from '../src/up/messages.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const ownerPassphrase = 'en ko på Dalarnas kullar';

export type Part = 'supervisor' | 'control' | 'gateway' | 'engine' | 'postgres';

export interface Instance {
  readonly home: string;
  readonly keys: string;
  readonly consoleUrl: string;
  readonly gatewayUrl: string;
  /** From the start of the program to “ready”, as it says itself. */
  readonly startMs: number;
  /** Makes the first owner. @returns their session's cookie and organisation */
  claim(): Promise<{ cookie: string; organisationId: string }>;
  /** undefined while it is down. */
  pid(part: Part): number | undefined;
  /** `kill -9` of one part, as soon as it runs: it may be on its way back from the last one. */
  kill(part: Part): Promise<void>;
  log(): string;
  /** Orderly; its folders stay until `remove`. */
  stop(): Promise<void>;
  remove(): void;
}

export interface InstanceOptions {
  /** Starts on what a stopped instance left. */
  readonly on?: Pick<Instance, 'home' | 'keys'>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A whole Kulning, started as a person would, on free ports of this machine, with its state in a folder of its own. */
export async function startInstance({ on, environment = {} }: InstanceOptions = {}): Promise<Instance> {
  const home = on?.home ?? join(mkdtempSync(join(tmpdir(), 'kulning-')), 'home');
  const keys = on?.keys ?? `${home}-keys`;
  const [controlPort, gatewayPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'up'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C in the terminal of a long proof is for the proof, which then stops this.
    detached: true,
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      KULNING_HOME: home,
      KULNING_KEYS: keys,
      KULNING_CONTROL_PORT: String(controlPort),
      KULNING_GATEWAY_PORT: String(gatewayPort),
      ...environment,
    },
  });
  const log = () => readFileSync(join(home, 'log', 'kulning.log'), 'utf8');
  const { started } = await untilStarted(child, log);
  const token = started.claimUrl?.split('#')[1];
  return {
    home,
    keys,
    consoleUrl: started.consoleUrl,
    gatewayUrl: started.gatewayUrl,
    startMs: started.startMs,
    claim: () => claim(started.consoleUrl, token ?? ''),
    pid: (part) => pidOf(child, home, part),
    kill: (part) => kill(child, home, part),
    log,
    stop: () => stop(child),
    remove: () => rmSync(join(home, '..'), { recursive: true, force: true }),
  };
}

function untilStarted(child: ChildProcess, log: () => string) {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  child.stdout?.resume();
  return new Promise<ReturnType<typeof startedMessage.parse>>((resolve, reject) => {
    child.on('message', (message) => {
      const parsed = startedMessage.safeParse(message);
      if (parsed.success) resolve(parsed.data);
    });
    child.once('exit', (code) =>
      reject(new Error(`kulning up ended with ${code} before it was ready\n${errors}\n${tail(log)}`)),
    );
  });
}

function tail(log: () => string): string {
  try {
    return log().split('\n').slice(-20).join('\n');
  } catch (error) {
    return `no log: ${String(error)}`;
  }
}

async function claim(consoleUrl: string, token: string) {
  let cookie = '';
  const client = createClient({
    baseUrl: consoleUrl,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return response;
    },
  });
  const me = await client.call(identityOperations.claim, {
    body: {
      token,
      organisation: 'Kullabygdens El',
      name: 'Maja Ek',
      email: 'maja@example.org',
      passphrase: ownerPassphrase,
      language: 'sv',
      machine: { country: 'SE', operator: 'Kullabygdens El AB', place: 'Leksand' },
    },
  });
  return { cookie, organisationId: me.organisation.id };
}

function pidOf(supervisor: ChildProcess, home: string, part: Part): number | undefined {
  if (part === 'supervisor') return supervisor.pid;
  return part === 'postgres' ? postmasterOf(home) : childOf(supervisor, part);
}

async function kill(supervisor: ChildProcess, home: string, part: Part): Promise<void> {
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 100) {
    const pid = pidOf(supervisor, home, part);
    if (pid !== undefined && killed(pid)) return;
    await sleep(100);
  }
  throw new Error(`there is no ${part} to kill`);
}

/** False when it ended by itself between the look and the signal. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function postmasterOf(home: string): number | undefined {
  const folder = join(home, 'postgres');
  const version = readdirSync(folder).find((name) => /^\d+$/.test(name)) ?? '';
  const file = join(folder, version, 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/** The children of the supervisor are told apart by their command lines. */
function childOf(supervisor: ChildProcess, part: 'control' | 'gateway' | 'engine'): number | undefined {
  const wanted = part === 'engine' ? /-child\.ts/ : new RegExp(`--role ${part}`);
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(supervisor.pid)], {
    encoding: 'utf8',
  }).split('\n');
  const line = lines.find((text) => wanted.test(text));
  return line === undefined ? undefined : Number.parseInt(line.trim(), 10);
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
