/** Turns tokens, one by one, into whole characters. */
export interface TokenText<Token> {
  push(token: Token): string;
  /** What is left when no more tokens come: an incomplete character shows as U+FFFD. */
  end(): string;
}

/** A token may end one character and begin the next, so a run without a clean end can be longer than four bytes. */
const MOST_HELD = 12;
const CONTEXT = 8;

/**
 * A token can hold part of a character. The text of the tokens so far is compared with what was already shown, and
 * shown only up to the last whole character.
 * @param detokenize text of tokens, given the few tokens before them (some tokenizers need them for spaces)
 */
export function createTokenText<Token>(
  detokenize: (tokens: readonly Token[], before: readonly Token[]) => string,
): TokenText<Token> {
  let before: Token[] = [];
  let pending: Token[] = [];
  const release = (text: string) => {
    before = [...before, ...pending].slice(-CONTEXT);
    pending = [];
    return text;
  };
  return {
    push(token) {
      pending.push(token);
      const text = detokenize(pending, before);
      const incomplete = text.endsWith('\uFFFD') && pending.length < MOST_HELD;
      return incomplete ? '' : release(text);
    },
    end: () => (pending.length === 0 ? '' : release(detokenize(pending, before))),
  };
}
