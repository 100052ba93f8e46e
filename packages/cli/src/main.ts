import { allOperations, asSaid, chooseLanguage, KulningError, modelGuidanceText } from '@kulning/sdk';

import {
  commandUsage,
  type CommandName,
  isCommandName,
  machineCommands,
  ownCommands,
  strangeOption,
} from './command-names.ts';
import { createBatch } from './commands/batches-create.ts';
import { tailCalls } from './commands/calls-tail.ts';
import { chat } from './commands/chat.ts';
import { login, logout } from './commands/login.ts';
import { withSource } from './commands/models-add.ts';
import { pullModel } from './commands/models-pull.ts';
import { up } from './commands/up.ts';
import { verify } from './commands/verify.ts';
import { witness } from './commands/witness.ts';
import { addressOf, connect } from './connection.ts';
import { commandOf, helpOf, runOperation } from './operation-command.ts';
import { runServerCommand } from './server-command.ts';
import { createTerminal, exitCodeOf, exitCodes, printError, type Terminal } from './terminal.ts';
import type { Language, Words } from './words/index.ts';
import { summaryOf } from './words/operations.ts';

interface Call {
  readonly command: string;
  readonly args: readonly string[];
  readonly url: string | undefined;
  readonly language: Language;
  readonly terminal: Terminal;
}

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const call = readCall(argv, environment);
  try {
    return await run(call, environment);
  } catch (cause) {
    const error = asKulningError(cause, call);
    printError(call.terminal, error);
    return exitCodeOf(error);
  }
}

/** Takes the options that every command has out of the line, wherever they stand. */
function readCall(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Call {
  const rest: string[] = [];
  let json = false;
  let lang: string | undefined;
  let url: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    if (arg === '--json') json = true;
    else if (arg === '--lang') lang = argv[(index += 1)];
    else if (arg === '--url') url = argv[(index += 1)];
    else rest.push(arg);
  }
  const language = chooseLanguage(lang, environment);
  const [command = 'help', ...args] = rest;
  return { command, args, url, language, terminal: createTerminal(language, json) };
}

async function run(call: Call, environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const { command, args, terminal, language } = call;
  if (['help', '--help', '-h'].includes(command)) return help(terminal);
  if (isCommandName(command)) {
    if (args.includes('--help')) return explain(command, terminal);
    const strange = strangeOption(command, args);
    if (strange !== undefined) throw unknownOption(strange, command, terminal.words);
  }
  if (includes(machineCommands, command) || (command === 'engines' && args[0] === 'build')) {
    return runServerCommand(
      [command, ...args, '--lang', language, ...(terminal.json ? ['--json'] : [])],
      environment,
    );
  }
  if (command === 'up') return up(args, environment, terminal, language);
  if (command === 'verify') return verify(args, terminal, language);
  if (command === 'witness') return witness(args);
  if (command === 'logout') logout(terminal, environment);
  else if (command === 'login') await login(args, addressOf(environment, call.url), terminal, environment);
  else if (command === 'chat') await chat(args, connect(environment, call.url, language), terminal, language);
  else await runApiCommand(call, environment);
  return exitCodes.done;
}

async function runApiCommand(
  { command, args, url, language, terminal }: Call,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const named = args[0] !== undefined && !args[0].startsWith('--');
  const verb = named ? longName(args[0] ?? '') : defaultVerb(command);
  const name = `${command} ${verb}`;
  const given = named ? args.slice(1) : args;
  const rest = name === 'models add' ? withSource(given) : given;
  if (name === 'batches create') return createBatch(rest, connect(environment, url, language), terminal);
  const operation = allOperations.find((candidate) => commandOf(candidate) === name);
  if (!operation) throw unknownCommand(command, verb, terminal.words);
  if (rest.includes('--help')) return terminal.print(helpOf(operation, terminal));
  if (name === 'models add' && rest.length === 0) return terminal.print(modelGuidanceText(language));
  if (name === 'models pull') return pullModel(rest, connect(environment, url, language), terminal);
  if (name === 'calls tail') return tailCalls(rest, connect(environment, url, language), terminal);
  await runOperation(operation, rest, connect(environment, url, language), terminal);
}

/** `kulning models rm NAME`, as in a shell. */
function longName(verb: string): string {
  return verb === 'rm' ? 'remove' : verb;
}

/** `kulning sites` lists, `kulning policy` shows, `kulning backup` makes one. */
function defaultVerb(area: string): string {
  const verbs = allOperations
    .map(commandOf)
    .filter((name) => name.startsWith(`${area} `))
    .map((name) => name.split(' ')[1] ?? '');
  return (
    ['create', 'list', 'get', 'status'].find((verb) =>
      verb === 'create' ? area === 'backup' : verbs.includes(verb),
    ) ?? ''
  );
}

function unknownCommand(area: string, verb: string, words: Words): KulningError {
  const inArea = allOperations.map(commandOf).filter((command) => command.startsWith(`${area} `));
  const hint = inArea.length > 0 ? inArea.map((command) => `kulning ${command}`).join('\n') : 'kulning help';
  return new KulningError({
    code: 'usage.command',
    status: 400,
    text: asSaid({ message: words.unknownCommand(`${area} ${verb}`.trim()), hint }),
  });
}

function explain(command: CommandName, { words, print }: Terminal): number {
  print(`${words[command]}\n${commandUsage[command]}`);
  return exitCodes.done;
}

function help(terminal: Terminal): number {
  const { words } = terminal;
  terminal.print(`${words.usage}\n\n${words.commands}`);
  for (const command of [...machineCommands, ...ownCommands])
    terminal.print(`  ${command.padEnd(10)} ${words[command]}`);
  terminal.print(`\n${words.moreOperations}`);
  const width = Math.max(...allOperations.map((operation) => commandOf(operation).length));
  for (const operation of allOperations)
    terminal.print(`  ${commandOf(operation).padEnd(width)}  ${summaryOf(operation, terminal.language)}`);
  terminal.print(
    `\n${words.options}\n  ${words.optionJson}\n  ${words.optionLanguage}\n  ${words.optionUrl}`,
  );
  return exitCodes.done;
}

function asKulningError(cause: unknown, { command, terminal }: Call): KulningError {
  if (cause instanceof KulningError) return cause;
  const { words } = terminal;
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof TypeError && 'code' in cause ? String(cause.code) : '';
  if (!code.startsWith('ERR_PARSE_ARGS'))
    return new KulningError({ code: 'internal', status: 500, text: asSaid({ message: said }), cause });
  // Node says it in English; the option it names is all that is needed.
  const option = /'(-[^' ]+)/.exec(said)?.[1] ?? said;
  const message = words.missing(`${option} …`);
  const hint = `kulning ${command} --help`;
  return new KulningError({ code: 'usage.option', status: 400, text: asSaid({ message, hint }), cause });
}

function unknownOption(option: string, command: string, words: Words): KulningError {
  const text = asSaid({ message: words.unknownOption(option), hint: `kulning ${command} --help` });
  return new KulningError({ code: 'usage.option', status: 400, text });
}

function includes<const T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value);
}
