import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** What the processes of one instance share. */
export interface SharedState {
  readonly databaseUrl?: string;
  readonly home: string;
  readonly keys: string;
}

export interface RoleProcess {
  readonly pid: number;
  readonly url: string;
  /** Of a control process, while nobody has claimed its instance. */
  readonly claimToken: string | undefined;
  /** `kill -9`. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
  log(): readonly string[];
}

type Environment = Readonly<Record<string, string>>;

/** `serve --role …` as an operator would start it beside an instance, on a free port. @throws what it said when it ended instead */
export async function startRole(
  role: 'control' | 'gateway' | 'worker',
  state: SharedState,
  environment: Environment = {},
): Promise<RoleProcess> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'serve', '--role', role],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir(), env: environmentOf(state, environment) },
  );
  const lines: string[] = [];
  const { url, errors } = await untilReady(child, role, lines);
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    url,
    claimToken: /\/claim#(\S+)/.exec(errors)?.[1],
    async kill() {
      if (running()) child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (running()) child.kill('SIGTERM');
      return (await ended)[0];
    },
    log: () => lines,
  };
}

function environmentOf({ databaseUrl, home, keys }: SharedState, more: Environment): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    KULNING_HOME: home,
    KULNING_KEYS: keys,
    KULNING_CONTROL_PORT: '0',
    KULNING_GATEWAY_PORT: '0',
    ...(databaseUrl !== undefined && { KULNING_DATABASE_URL: databaseUrl }),
    ...more,
  };
}

function untilReady(
  child: ChildProcess,
  role: string,
  lines: string[],
): Promise<{ url: string; errors: string }> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    child.once('exit', () => reject(new Error(errors)));
    if (child.stdout === null) throw new TypeError('the child writes to a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const { event, url } = JSON.parse(line) as { event: string; url?: string };
      if (event === `${role}.ready`) resolve({ url: url ?? '', errors });
    });
  });
}
