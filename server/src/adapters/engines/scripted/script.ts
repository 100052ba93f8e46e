import { z } from 'zod';

/**
 * Rules in order; the first whose pattern is found in the last user message answers. For demonstrations and for
 * tests of what happens around a model: it is no model, and everything that shows it says so.
 */
const rule = z.strictObject({
  /** A regular expression without flags; left out, the rule always applies. */
  match: z.string().optional(),
  /** `{input}` stands for the last user message. */
  text: z.string().default(''),
  toolCalls: z
    .array(z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }))
    .default([]),
  /** The text again and again, until `max_tokens`, the context's end or the caller's leaving. */
  endless: z.boolean().default(false),
  delayMsPerToken: z.number().min(0).default(0),
  /** Refuses before the first byte. */
  refuse: z
    .strictObject({ status: z.int().min(400).max(599), code: z.string(), message: z.string() })
    .optional(),
  /** Breaks the connection after so many tokens. */
  cutAfterTokens: z.int().min(0).optional(),
  /** Kills its own process after so many tokens, as a crash would. */
  dieAfterTokens: z.int().min(0).optional(),
});

export const script = z.strictObject({ rules: z.array(rule).min(1) });

export type Rule = z.output<typeof rule>;

export function ruleFor(rules: readonly Rule[], lastUserMessage: string): Rule | undefined {
  return rules.find(({ match }) => match === undefined || new RegExp(match, 'u').test(lastUserMessage));
}

/** A word with the white space before it counts as one token. */
export function scriptTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}
