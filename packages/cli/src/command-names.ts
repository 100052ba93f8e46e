/** Commands about this machine, which the server's own program runs. */
export const machineCommands = ['serve', 'down', 'status', 'doctor', 'config', 'restore', 'move'] as const;

export const ownCommands = ['up', 'login', 'logout', 'chat', 'verify', 'witness'] as const;

/** Every command that is not an operation of the API. */
export const commandNames: readonly string[] = [...ownCommands, ...machineCommands];

/** What those take, as `--help` shows it. An option that does not stand here does not exist. */
export const commandUsage: Readonly<
  Record<(typeof machineCommands)[number] | (typeof ownCommands)[number], string>
> = {
  serve: 'kulning serve --role control|gateway|worker',
  down: 'kulning down [--purge --yes]',
  status: 'kulning status',
  doctor: 'kulning doctor',
  config: 'kulning config',
  restore: 'kulning restore FOLDER',
  move: 'kulning move --to URL',
  up: 'kulning up',
  login: 'kulning login [--email E-MAIL]',
  logout: 'kulning logout',
  chat: 'kulning chat "…" [--model MODEL] [--data-class public|internal|personal|special] [--system "…"]',
  verify: 'kulning verify FILE [--key VKEY|FILE]… [--witness VKEY|FILE]… [--request FILE] [--response FILE]',
  witness: 'kulning witness --log VKEY|FILE… [--folder DIR] [--name NAME] [--host 127.0.0.1] [--port 8472]',
};

export type CommandName = keyof typeof commandUsage;

export const isCommandName = (name: string): name is CommandName => name in commandUsage;

/** The first option of the line that the command does not have. */
export function strangeOption(command: CommandName, args: readonly string[]): string | undefined {
  const known: readonly string[] = commandUsage[command].match(/--[a-z-]+/g) ?? [];
  const given = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0] ?? '');
  return given.find((option) => !known.includes(option));
}
