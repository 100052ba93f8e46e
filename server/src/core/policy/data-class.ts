/** What a piece of work carries, ordered: tightening moves right. `special` is GDPR Art. 9 data. */
export const dataClasses = ['public', 'internal', 'personal', 'special'] as const;

export type DataClass = (typeof dataClasses)[number];

/**
 * The stricter of a default and what a caller asks for. A header can tighten a key's class, never loosen it; with
 * neither, work is unclassified and the policy refuses it.
 */
export function tightenDataClass(
  byDefault: DataClass | undefined,
  asked: DataClass | undefined,
): DataClass | undefined {
  if (byDefault === undefined || asked === undefined) return byDefault ?? asked;
  return dataClasses[Math.max(dataClasses.indexOf(byDefault), dataClasses.indexOf(asked))];
}
