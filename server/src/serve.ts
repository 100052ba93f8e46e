import { KulningError } from '@kulning/sdk';

import { composeControl } from './compose-control.ts';
import { composeGateway } from './compose-gateway.ts';
import type { Config } from './config.ts';

/** A running process of one role. */
export interface Role {
  close(): Promise<void>;
}

const roles: Readonly<Record<string, (config: Config) => Promise<Role>>> = {
  control: composeControl,
  gateway: composeGateway,
};

/** `serve --role control|gateway`: one process, until SIGTERM, SIGINT, or the end of the supervisor that started it. */
export async function serve(config: Config, args: readonly string[]): Promise<void> {
  const name = args[args.indexOf('--role') + 1] ?? '';
  const start = roles[name];
  if (!start) {
    throw new KulningError({
      code: 'usage.role',
      status: 400,
      message: `There is no role “${name}”.`,
      hint: `serve --role ${Object.keys(roles).join('|')}`,
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
