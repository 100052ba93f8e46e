import { spawn } from 'node:child_process';

import { instanceOperations, KulningError, type OperationResult } from '@kulning/sdk';

import { connectToOperator } from '../connection.ts';
import { serverProgram } from '../server-command.ts';
import type { Terminal } from '../terminal.ts';
import type { Language } from '../words/index.ts';
import { chat } from './chat.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Started {
  readonly consoleUrl: string;
  readonly gatewayUrl: string;
  readonly claimUrl: string | null;
  readonly firstStart: boolean;
  readonly home: string;
  readonly logFile: string;
  readonly startMs: number;
}

/**
 * Starts the server in this terminal and says, once everything runs, where everything is. The first time it also makes
 * one demonstration call, so that the main job is seen before anything is configured.
 */
export function up(
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
  language: Language,
): Promise<number> {
  const child = spawn(process.execPath, [...serverProgram, 'up', ...args, '--lang', language], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environment,
  });
  // A terminal's Ctrl-C reaches the child by itself; it stops in order, and this program ends with it.
  process.on('SIGINT', (signal) => process.stdin.isTTY || child.kill(signal));
  process.on('SIGTERM', (signal) => child.kill(signal));
  child.on('message', (message) => {
    const { started } = message as { started?: Started };
    if (started) void welcome(started, terminal, language);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

async function welcome(started: Started, terminal: Terminal, language: Language): Promise<void> {
  const { words } = terminal;
  if (terminal.json) return terminal.print(JSON.stringify(started));
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const lines: [string, string][] = [
    [words.console, started.consoleUrl],
    [words.gateway, `${started.gatewayUrl}/v1`],
    [words.stateAt, started.home],
    [words.logAt, started.logFile],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  terminal.print(`\n  Kulning  ${words.ready(seconds.format(started.startMs / 1000))}\n`);
  for (const [label, value] of lines) terminal.print(`  ${label.padEnd(width)}  ${value}`);
  if (started.claimUrl !== null) terminal.print(`\n  ${words.claimHere}\n  ${started.claimUrl}`);
  if (started.firstStart) await demonstrate(started.home, terminal, language);
  terminal.print(`\n  ${words.stopHint}`);
}

/** The shortest sample mail in the reader's language, triaged by the shipped model. A failure here stops nothing. */
async function demonstrate(home: string, terminal: Terminal, language: Language): Promise<void> {
  const connection = connectToOperator(home, language);
  try {
    const { items } = await connection.client.call(instanceOperations.demoMails);
    const mail = shortest(items.filter((item) => item.language === language)) ?? items[0];
    if (!mail) return;
    const question = `From: ${mail.from}\nSubject: ${mail.subject}\n\n${mail.body}`;
    terminal.print(`\n  ${terminal.words.firstCall}\n`);
    terminal.print(question.replaceAll(/^/gm, '  │ '));
    terminal.print('');
    await chat([question], connection, terminal, language);
  } catch (cause) {
    const said = cause instanceof KulningError ? cause.text[language].message : String(cause);
    terminal.note(`${terminal.words.firstCallFailed} ${said}`);
  }
}

function shortest(mails: OperationResult<typeof instanceOperations.demoMails>['items']) {
  return mails.toSorted((a, b) => a.body.length - b.body.length)[0];
}
