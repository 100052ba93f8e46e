import { flagWords, type Language, type Operation, type OperationId } from '@kulning/sdk';

import { operationsFr } from './operations-fr.ts';
import { operationsSv } from './operations-sv.ts';

/** What each operation does, in a language other than the contract's own. A new operation does not compile without it. */
export type OperationWords = Readonly<Record<OperationId, string>>;

const summaries: Readonly<Record<Language, Readonly<Partial<Record<string, string>>>>> = {
  en: {},
  fr: operationsFr,
  sv: operationsSv,
};

export function summaryOf({ id, summary }: Operation, language: Language): string {
  return summaries[language][id] ?? summary;
}

/** What a flag is for: the contract says it in English. */
export function descriptionIn(language: Language, english: string): string {
  return Object.values(flagWords).find(({ en }) => en === english)?.[language] ?? english;
}
