import type { Words } from '../words/en.ts';

/** The site that a model runs at when nobody names another. */
export const thisMachineSlug = 'this-machine';

/** The machine that Kulning was started on bears its slug for a name until a person gives it one; 0.1.0 gave it English. */
const isStarterMachine = (name: string) => name === thisMachineSlug || name === 'This machine';
const simulatedMark = / \(simulated\)$/;
const sampleMark = / \(sample\)$/;

/** Names that the starter gave are the program's own words, so the reader has them in theirs; a person's names stay. */
export function siteName(name: string, words: Words): string {
  if (isStarterMachine(name)) return words.names.thisMachine;
  return name.replace(simulatedMark, ` (${words.common.simulated})`);
}

/** For where a badge, or the sentence itself, says that it is simulated. */
export function siteNameAlone(name: string, words: Words): string {
  return siteName(name.replace(simulatedMark, ''), words);
}

/** In the middle of a sentence the machine has no capital. */
export function siteNameWithin(name: string, words: Words): string {
  return isStarterMachine(name) ? words.names.thisMachineWithin : siteNameAlone(name, words);
}

/** A badge beside it says that it is the sample. */
export function organisationName({
  name,
  demonstration,
}: {
  readonly name: string;
  readonly demonstration: boolean;
}): string {
  return demonstration ? name.replace(sampleMark, '') : name;
}
