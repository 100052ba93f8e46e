import { KulningError } from '@kulning/sdk';

import { buildLlamaServer } from '../adapters/engines/llama-server/llama-server-build.ts';
import type { LoadedConfig } from '../config.ts';
import { commandWords } from './command-words.ts';

/** `kulning engines build llama-server`: once, offline, from the source that came along; never at a start. */
export async function runEngines({ config }: LoadedConfig, args: readonly string[]): Promise<void> {
  const [, engine] = args;
  if (engine !== 'llama-server') {
    const text = engine === undefined ? commandWords.buildWhat : commandWords.notBuilt(engine);
    throw new KulningError({ code: 'usage.command', status: 400, text });
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  process.stdout.write(`${await buildLlamaServer(config.home, interrupted.signal)}\n`);
}
