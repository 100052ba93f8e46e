import { KulningError } from '@kulning/sdk';

import { runConfig } from './commands/config-command.ts';
import { runDoctor } from './commands/doctor-command.ts';
import { runDown } from './commands/down-command.ts';
import { runMove, runRestore } from './commands/restore-command.ts';
import { runStatus } from './commands/status-command.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { serve } from './serve.ts';
import { up } from './up/up.ts';

/** What the server's program does; `kulning` in packages/cli is its face in a terminal. */
const commands: Readonly<
  Record<string, (loaded: LoadedConfig, args: readonly string[]) => Promise<void> | void>
> = {
  up: ({ config }) => up(config),
  serve: ({ config }, args) => serve(config, args),
  down: runDown,
  status: runStatus,
  doctor: runDoctor,
  config: runConfig,
  restore: runRestore,
  move: runMove,
};

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (!command)
    throw new KulningError({
      code: 'usage.command',
      status: 400,
      message: `There is no command ${name}.`,
      hint: Object.keys(commands).join(', '),
    });
  await command(loadConfig(process.env, process.cwd()), args);
} catch (cause) {
  fail(cause, args.includes('--json'));
}
// Pools, timers and IPC channels of a command that has ended must not keep it alive.
process.exit();

function fail(cause: unknown, json: boolean): void {
  process.exitCode = exitCodeOf(cause);
  if (!(cause instanceof KulningError)) {
    process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
    return;
  }
  if (json) process.stdout.write(`${JSON.stringify(cause.toBody('en'))}\n`);
  else
    process.stderr.write(
      `${cause.message} (${cause.code})\n${cause.hint === undefined ? '' : `→ ${cause.hint}\n`}`,
    );
}

/** The codes of docs/cli.md, as far as commands about the machine can end in them. */
function exitCodeOf(cause: unknown): number {
  if (!(cause instanceof KulningError)) return 1;
  if (cause.code.startsWith('usage.')) return 2;
  return cause.code === 'instance.not_running' ? 5 : 1;
}
