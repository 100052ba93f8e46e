import { asSaid, type Localized } from '@kulning/sdk';

/** Words that a row keeps, so that whoever reads them later reads their own language. */
export const keepWords = (words: Localized<string>): string => JSON.stringify(words);

/** An earlier release kept plain English. */
export const keptWords = (text: string): Localized<string> =>
  text.startsWith('{') ? (JSON.parse(text) as Localized<string>) : asSaid(text);
