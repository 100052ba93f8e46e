import type { Notice } from './errors.ts';
import type { Localized } from './language.ts';

/** A sentence, or a message with its hint. */
type Said = string | Notice;

/**
 * The sentences of one part of Kulning, kept in its `*-words.ts`. Those with values are functions of strings and
 * numbers, so that a forgotten language or value does not compile; a test calls each and finds every value in every
 * language. What is plural or optional is two sentences, or decided on a number.
 */
export type WordTable = Readonly<Record<string, Localized<Said> | ((...values: never[]) => Localized<Said>)>>;
