import { setImmediate as nextTurn } from 'node:timers/promises';

import { promptTooLong } from '../../../core/engine/openai-error.ts';
import type { Prompt, Vocabulary } from './llama-prompt.ts';

/** Tokenizing is synchronous, and quadratic in a run of characters that the vocabulary lacks. */
const SLICE_CHARACTERS = 8192;
/** Counting stops at so many times what fits. */
const CLEARLY_TOO_LONG = 16;

/**
 * The tokens of a prompt that fits. A long text is counted in slices first, so that none that is far too long holds
 * up the process; a slice's end may cut a token in two, so that count is only used where it leaves no doubt.
 * @throws OpenAiError 400 `context_length_exceeded`
 */
export async function tokenizePrompt<Token>(
  { begin, pieces }: Prompt<Token>,
  { tokenize }: Pick<Vocabulary<Token>, 'tokenize'>,
  contextTokens: number,
): Promise<Token[]> {
  let count = 0;
  let slices = 0;
  for (const { text, special } of pieces) {
    if (text.length <= SLICE_CHARACTERS) continue;
    for (let at = 0; at < text.length; at += SLICE_CHARACTERS) {
      count += tokenize(text.slice(at, at + SLICE_CHARACTERS), special).length;
      slices++;
      if (count > contextTokens * CLEARLY_TOO_LONG) throw promptTooLong(count, contextTokens, 'some');
      await nextTurn();
    }
  }
  if (count - 2 * slices > contextTokens) throw promptTooLong(count, contextTokens);
  const tokens = pieces.flatMap(({ text, special }) => tokenize(text, special));
  if (begin !== undefined) tokens.unshift(begin);
  if (tokens.length >= contextTokens) throw promptTooLong(tokens.length, contextTokens);
  return tokens;
}
