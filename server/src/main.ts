import { chooseLanguage, KulningError, type Language } from '@kulning/sdk';

import { commandWords } from './commands/command-words.ts';
import { runConfig } from './commands/config-command.ts';
import { runDoctor } from './commands/doctor-command.ts';
import { runDown } from './commands/down-command.ts';
import { runEngines } from './commands/engines-command.ts';
import { runMove, runRestore } from './commands/restore-command.ts';
import { runStatus } from './commands/status-command.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { serve } from './serve.ts';
import { tellParentWhyItEnds } from './up/messages.ts';
import { up } from './up/up.ts';

/** What the server's program does; `kulning` in packages/cli is its face in a terminal. */
const commands: Readonly<
  Record<string, (loaded: LoadedConfig, args: readonly string[], language: Language) => Promise<void> | void>
> = {
  up: ({ config }) => up(config),
  serve: ({ config }, args) => serve(config, args),
  down: runDown,
  status: runStatus,
  doctor: runDoctor,
  config: runConfig,
  engines: runEngines,
  restore: runRestore,
  move: runMove,
};

const [name = '', ...given] = process.argv.slice(2);
const option = given.indexOf('--lang');
const language = chooseLanguage(option === -1 ? undefined : given[option + 1], process.env);
const args = option === -1 ? given : given.toSpliced(option, 2);
try {
  const command = commands[name];
  if (!command)
    throw new KulningError({
      code: 'usage.command',
      status: 400,
      text: commandWords.unknownCommand(name),
    });
  await command(loadConfig(process.env, process.cwd()), args, language);
} catch (cause) {
  fail(cause, args.includes('--json'));
  if (name === 'serve' && cause instanceof KulningError) await tellParentWhyItEnds(cause);
}
// Pools, timers and IPC channels of a command that has ended must not keep it alive.
process.exit();

function fail(cause: unknown, json: boolean): void {
  process.exitCode = exitCodeOf(cause);
  if (!(cause instanceof KulningError)) {
    process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
    return;
  }
  const { message, hint } = cause.text[language];
  if (json) process.stdout.write(`${JSON.stringify(cause.toBody(language))}\n`);
  else process.stderr.write(`${message} (${cause.code})\n${hint === undefined ? '' : `→ ${hint}\n`}`);
}

/** The codes of docs/cli.md, as far as commands about the machine can end in them. */
function exitCodeOf(cause: unknown): number {
  if (!(cause instanceof KulningError)) return 1;
  if (cause.code.startsWith('usage.')) return 2;
  return cause.code === 'instance.not_running' ? 5 : 1;
}
