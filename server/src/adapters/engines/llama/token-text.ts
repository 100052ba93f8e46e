/** Turns tokens, one by one, into whole characters. */
export interface TokenText<Token> {
  push(token: Token): string;
  /** What is left when no more tokens come: an incomplete character shows as U+FFFD. */
  end(): string;
}

/** No character of UTF-8 has more bytes, so no incomplete one spans more tokens. */
const LONGEST_CHARACTER = 4;
const CONTEXT = 8;

/**
 * A token can hold part of a character, and even the end of one and the beginning of the next. All tokens since the
 * last clean end are looked at together; what is shown ends at the last whole character.
 * @param detokenize text of tokens, given the few tokens before them (some tokenizers need them for spaces)
 */
export function createTokenText<Token>(
  detokenize: (tokens: readonly Token[], before: readonly Token[]) => string,
): TokenText<Token> {
  let before: Token[] = [];
  let pending: Token[] = [];
  let shown = 0;
  let withoutProgress = 0;

  const showAll = (text: string): string => {
    const next = text.slice(shown);
    before = [...before, ...pending].slice(-CONTEXT);
    pending = [];
    shown = 0;
    withoutProgress = 0;
    return next;
  };
  return {
    push(token) {
      pending.push(token);
      const text = detokenize(pending, before);
      if (!text.endsWith('\uFFFD')) return showAll(text);
      const whole = text.replace(/\uFFFD+$/u, '').length;
      const next = text.slice(shown, whole);
      withoutProgress = next === '' ? withoutProgress + 1 : 0;
      if (withoutProgress === LONGEST_CHARACTER) return showAll(text);
      shown = Math.max(shown, whole);
      return next;
    },
    end: () => (pending.length === 0 ? '' : showAll(detokenize(pending, before))),
  };
}
