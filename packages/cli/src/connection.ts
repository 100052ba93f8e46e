import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';

import { type Client, createClient, instanceOperations, KulningError } from '@kulning/sdk';

import { connectionWords } from './words/connection-words.ts';
import type { Language } from './words/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Credentials {
  readonly url: string;
  readonly key: string;
}

/** How a command reaches Kulning, and as whom. */
export interface Connection {
  readonly client: Client;
  readonly key: string | undefined;
  readonly baseUrl: string;
  /** Through the operator's socket of an instance that nobody has claimed. */
  readonly demonstration: boolean;
}

const homeFolder = (environment: Environment) => resolve(environment.KULNING_HOME ?? '.kulning');
const credentialsFile = (environment: Environment) =>
  join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'kulning', 'credentials.json');

/** Where Kulning is: as the command line says, or the environment, or as at the last login, or on this machine. */
export const addressOf = (environment: Environment, url: string | undefined): string =>
  url ?? environment.KULNING_API_URL ?? readCredentials(environment)?.url ?? 'http://127.0.0.1:8470';

/**
 * An explicit key or a kept one; else, on the machine itself, the operator's socket in KULNING_HOME, which before the
 * claim stands for the sample company and afterwards for nobody.
 */
export function connect(environment: Environment, url: string | undefined, language: Language): Connection {
  const kept = readCredentials(environment);
  const key = environment.KULNING_API_KEY ?? kept?.key;
  const baseUrl = addressOf(environment, url);
  if (key !== undefined || url !== undefined) {
    return { client: createClient({ baseUrl, key, language }), key, baseUrl, demonstration: false };
  }
  return connectToOperator(homeFolder(environment), language);
}

/** Through the socket of KULNING_HOME, which only the user who runs Kulning can open. */
export function connectToOperator(home: string, language: Language): Connection {
  const client = createClient({
    baseUrl: 'http://operator',
    language,
    fetch: socketFetch(join(home, 'run', 'operator.sock')),
  });
  return { client, key: undefined, baseUrl: 'http://operator', demonstration: true };
}

/** A key that the gateway takes: one's own, or for the sample company one that lasts an hour. */
export async function callKey(connection: Connection): Promise<{ key: string; gatewayUrl: string }> {
  const { gatewayUrl } = await connection.client.call(instanceOperations.status);
  if (connection.key !== undefined) return { key: connection.key, gatewayUrl };
  const { secret } = await connection.client.call(instanceOperations.playgroundKey, {
    body: { dataClass: 'public' },
  });
  return { key: secret, gatewayUrl };
}

function readCredentials(environment: Environment): Credentials | undefined {
  const file = credentialsFile(environment);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new KulningError({
      code: 'credentials.unreadable',
      status: 400,
      text: connectionWords.credentialsUnreadable(file),
      cause,
    });
  }
}

export function keepCredentials(environment: Environment, credentials: Credentials): void {
  const file = credentialsFile(environment);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

export function forgetCredentials(environment: Environment): void {
  rmSync(credentialsFile(environment), { force: true });
}

/** `fetch` over a unix socket, as far as the client needs it. */
function socketFetch(socketPath: string): typeof fetch {
  return (input, init) =>
    new Promise((resolveResponse, reject) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      const sent = request(
        {
          socketPath,
          path: pathname + search,
          method: init?.method ?? 'GET',
          headers: init?.headers as Record<string, string>,
          signal: init?.signal ?? undefined,
        },
        (answer) => {
          const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          resolveResponse(
            new Response(Readable.toWeb(answer) as ReadableStream, {
              status: answer.statusCode ?? 502,
              headers,
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(typeof init?.body === 'string' ? init.body : undefined);
    });
}
