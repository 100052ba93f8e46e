export const languages = ['en', 'fr', 'sv'] as const;

export type Language = (typeof languages)[number];

export type Words = Readonly<Record<Language, string>>;

/** Why a rule is there. A house rule is the operator's choice: the law would permit more. */
export const ruleTags = ['law', 'licence', 'contract', 'house'] as const;

export type RuleTag = (typeof ruleTags)[number];

/** A rule by name. Its words may hold `{site}`, `{country}`, `{opensAt}` and the like; `explain` fills them in. */
export interface RuleRef {
  readonly id: string;
  readonly tag: RuleTag;
  readonly text: Words;
}
