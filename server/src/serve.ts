import { KulningError } from '@kulning/sdk';

import { commandWords } from './commands/command-words.ts';
import { composeControl } from './compose-control.ts';
import { composeGateway } from './compose-gateway.ts';
import { composeWorker } from './compose-worker.ts';
import type { Config } from './config.ts';

/** A running process of one role. */
export interface Role {
  close(): Promise<void>;
}

const roles: Readonly<Record<string, (config: Config) => Promise<Role>>> = {
  control: composeControl,
  gateway: composeGateway,
  worker: composeWorker,
};

/** `serve --role control|gateway|worker`: one process, until SIGTERM, SIGINT, or the end of the supervisor that started it. */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const name = args[args.indexOf('--role') + 1] ?? '';
  const start = roles[name];
  if (!start) {
    throw new KulningError({
      code: 'usage.role',
      status: 400,
      text: commandWords.unknownRole(name),
    });
  }
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    // The supervisor is gone: nobody would start this process again, or stop it.
    process.once('disconnect', () => resolve());
  });
  const running = await start(config);
  await stop;
  await running.close();
}
