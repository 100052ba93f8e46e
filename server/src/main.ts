import { chooseLanguage, KulningError, type Language } from '@kulning/sdk';

import { commandWords } from './commands/command-words.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { tellParentWhyItEnds } from './up/messages.ts';

type Command = (loaded: LoadedConfig, args: readonly string[], language: Language) => Promise<void> | void;

/**
 * What the server's program does; `kulning` in packages/cli is its face in a terminal. Loaded when asked for: the
 * supervisor holds nothing of what control and gateway are made of.
 */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: () =>
    import('./up/up.ts').then(
      ({ up }) =>
        ({ config }) =>
          up(config),
    ),
  serve: () =>
    import('./serve.ts').then(
      ({ serve }) =>
        ({ config }, args) =>
          serve(config, args),
    ),
  down: () => import('./commands/down-command.ts').then(({ runDown }) => runDown),
  status: () => import('./commands/status-command.ts').then(({ runStatus }) => runStatus),
  doctor: () => import('./commands/doctor-command.ts').then(({ runDoctor }) => runDoctor),
  config: () => import('./commands/config-command.ts').then(({ runConfig }) => runConfig),
  engines: () => import('./commands/engines-command.ts').then(({ runEngines }) => runEngines),
  restore: () => import('./commands/restore-command.ts').then(({ runRestore }) => runRestore),
  move: () => import('./commands/restore-command.ts').then(({ runMove }) => runMove),
};

const [name = '', ...given] = process.argv.slice(2);
const option = given.indexOf('--lang');
const language = chooseLanguage(option === -1 ? undefined : given[option + 1], process.env);
const args = option === -1 ? given : given.toSpliced(option, 2);
try {
  const load = commands[name];
  if (!load)
    throw new KulningError({
      code: 'usage.command',
      status: 400,
      text: commandWords.unknownCommand(name),
    });
  const command = await load();
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
