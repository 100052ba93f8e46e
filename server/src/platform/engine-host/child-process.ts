import type { Localized } from '@kulning/sdk';

import { engineHostWords } from './engine-host-words.ts';

/** Nothing of ours but what an engine needs to run: no database address, no key. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'];
  const environment: NodeJS.ProcessEnv = { GGML_NO_BACKTRACE: '1' };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

/** Lines that say why a process ended and can quote nothing of a prompt. */
const LAST_WORDS = /GGML_ASSERT\(.*\) failed|FATAL ERROR: .*|.*error while loading shared libraries: .*/u;

/** How a child ended, with what it said of it if that is safe to keep. */
export function deathReason(
  lastWords: string,
  code: number | null,
  signal: NodeJS.Signals | null,
): Localized<string> {
  const said = LAST_WORDS.exec(lastWords)?.[0].slice(0, 300);
  const quoted = said === undefined ? '' : `: ${said}`;
  return signal === null
    ? engineHostWords.exited(String(code), quoted)
    : engineHostWords.killed(signal, quoted);
}
