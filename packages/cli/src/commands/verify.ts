import { main } from '@kulning/verify';

import type { Terminal } from '../terminal.ts';
import type { Language } from '../words/index.ts';

/** The stand-alone verifier with this terminal; its exit codes are its own (docs/verify.md). */
export function verify(args: readonly string[], terminal: Terminal, language: Language): Promise<number> {
  const json = terminal.json ? ['--json'] : [];
  return main([...args, '--lang', language, ...json], (line) => terminal.print(line));
}
