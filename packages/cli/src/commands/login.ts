import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';

import { asSaid, clientWords, identityOperations, KulningError, type Language } from '@kulning/sdk';

import { forgetCredentials, keepCredentials } from '../connection.ts';
import type { Terminal } from '../terminal.ts';

const options = { email: { type: 'string' } } as const;

/**
 * Signs in with e-mail and passphrase (asked for, or from KULNING_PASSPHRASE in a script), makes a key of ninety days
 * for this machine and keeps it in a file that only this user can read.
 */
export async function login(
  args: readonly string[],
  baseUrl: string,
  terminal: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const email = values.email ?? (await question(terminal.words.email, false));
  const passphrase = environment.KULNING_PASSPHRASE ?? (await question(terminal.words.passphrase, true));
  const { cookie, me } = await openSession(baseUrl, email, passphrase, terminal.language);
  const response = await fetch(`${baseUrl}${identityOperations.createKey.path}`, {
    method: 'POST',
    headers: {
      cookie,
      'content-type': 'application/json',
      'accept-language': terminal.language,
      'x-kulning-csrf': '1',
    },
    body: JSON.stringify({
      name: 'kulning login',
      scopes: me.scopes,
      expiresInDays: 90,
      dataClass: 'public',
      purpose: 'command line',
    }),
    signal: AbortSignal.timeout(30_000),
  });
  const created = (await response.json()) as { secret?: string; error?: { code: string; message: string } };
  await fetch(`${baseUrl}${identityOperations.logout.path}`, {
    method: 'DELETE',
    headers: { cookie, 'x-kulning-csrf': '1' },
    signal: AbortSignal.timeout(30_000),
  });
  if (created.secret === undefined)
    throw new KulningError({
      code: created.error?.code ?? 'answer.invalid',
      status: response.status,
      text: asSaid({ message: created.error?.message ?? '' }),
    });
  keepCredentials(environment, { url: baseUrl, key: created.secret });
  terminal.print(terminal.words.signedIn(me.organisation.name));
}

export function logout(terminal: Terminal, environment: Readonly<Record<string, string | undefined>>): void {
  forgetCredentials(environment);
  terminal.print(terminal.words.signedOut);
}

async function openSession(baseUrl: string, email: string, passphrase: string, language: Language) {
  const response = await fetch(`${baseUrl}${identityOperations.login.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ email, passphrase }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new KulningError({
      code: 'network.unreachable',
      status: 503,
      text: clientWords.unreachable(baseUrl),
      cause,
    });
  });
  if (!response.ok) {
    const { error } = (await response.json()) as { error: { code: string; message: string; hint?: string } };
    throw new KulningError({ ...error, status: response.status, text: asSaid(error) });
  }
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, me: identityOperations.login.result.parse(await response.json()) };
}

/** A line from the terminal; a passphrase is not shown while it is typed. */
async function question(prompt: string, hidden: boolean): Promise<string> {
  let muted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) process.stderr.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  const answer = reader.question(prompt);
  muted = hidden;
  const line = await answer;
  reader.close();
  if (hidden) process.stderr.write('\n');
  return line;
}
