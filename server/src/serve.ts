import { KulningError } from '@kulning/sdk';

import { commandWords } from './commands/command-words.ts';
import type { Config } from './config.ts';
import { onParentGone } from './platform/parent-process.ts';

/** A running process of one role. */
export interface Role {
  close(): Promise<void>;
}

/** Loaded when asked for: a process holds what its own role needs. */
const roles: Readonly<Record<string, () => Promise<(config: Config) => Promise<Role>>>> = {
  control: () => import('./compose-control.ts').then(({ composeControl }) => composeControl),
  gateway: () => import('./compose-gateway.ts').then(({ composeGateway }) => composeGateway),
  worker: () => import('./compose-worker.ts').then(({ composeWorker }) => composeWorker),
};

/** `serve --role control|gateway|worker`: one process, until SIGTERM, SIGINT, or the end of the supervisor that started it. */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const name = args[args.indexOf('--role') + 1] ?? '';
  const load = roles[name];
  if (!load) {
    throw new KulningError({
      code: 'usage.role',
      status: 400,
      text: commandWords.unknownRole(name),
    });
  }
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    // The supervisor is gone: nobody would start this process again, or stop it.
    onParentGone(resolve);
  });
  const start = await load();
  const running = await start(config);
  await stop;
  await running.close();
}
