import type { Vault } from '../../platform/vault/vault.ts';
import { examineRecord, type FoundRecord, type LinkedRow, type Subject } from '../privacy/index.ts';
import { linesOf } from './file-lines.ts';

/** Of what is found in a file, so much is passed on: enough for a human to decide by. */
const MOST_SHOWN = 100;
/** A longer line is searched to here; who is found in it is taken out by a human. */
export const LONGEST_LINE = 32 * 2 ** 20;

type Part = Pick<
  FoundRecord,
  'match' | 'matchedIndexes' | 'otherIndexes' | 'otherIdentifiers' | 'contexts' | 'redaction'
>;

/**
 * What a file has to do with a person: its name and each line are searched like a record of their own, so that memory
 * is one line and what one line cannot give surely is known by its line.
 */
export async function examineFile(
  vault: Vault,
  row: LinkedRow,
  name: Uint8Array | undefined,
  content: AsyncIterable<Uint8Array>,
  subject: Subject,
): Promise<FoundRecord | undefined> {
  // The links are the whole file's, not a line's.
  const bare = { ...row, links: [] };
  const examine = (text: Uint8Array) => examineRecord({ vault, store: 'files' }, bare, text, subject);
  const parts: Part[] = [];
  const others = new Set<string>();
  if (name) take(examine(name));
  for await (const { bytes } of linesOf(content, LONGEST_LINE)) {
    const found = examine(bytes);
    take(found && bytes.length > LONGEST_LINE ? { ...found, redaction: 'not-text' } : found);
  }
  const linked = row.links.filter(({ index }) => subject.indexes.has(index));
  if (linked.length > 0) parts.push(byLinks(row, linked, subject));
  if (parts.length === 0) return undefined;
  for (const { index, strength, origin } of row.links)
    if (!subject.indexes.has(index) && (strength === 'strong' || origin === 'named')) others.add(index);
  return {
    recordId: row.id,
    store: 'files',
    createdAt: row.created_at,
    match: parts.some(({ match }) => match === 'strong') ? 'strong' : 'name',
    matchedIndexes: [...new Set(parts.flatMap(({ matchedIndexes }) => matchedIndexes))],
    otherIndexes: [...others].sort().slice(0, MOST_SHOWN),
    otherIdentifiers: [...new Set(parts.flatMap(({ otherIdentifiers }) => otherIdentifiers))]
      .sort()
      .slice(0, MOST_SHOWN),
    contexts: parts.flatMap(({ contexts }) => contexts).slice(0, 3),
    redaction: redactionOf(parts),
  };

  function take(found: FoundRecord | undefined): void {
    if (!found) return;
    for (const index of found.otherIndexes) others.add(index);
    parts.push(found);
  }
}

function byLinks(row: LinkedRow, linked: LinkedRow['links'], subject: Subject): Part {
  return {
    match: linked.some(({ strength }) => strength === 'strong') ? 'strong' : 'name',
    matchedIndexes: subject.parts
      .filter(({ index }) => linked.some((link) => link.index === index))
      .map(({ index }) => index),
    otherIndexes: [],
    otherIdentifiers: [],
    contexts: [],
    redaction: 'no-span-to-redact',
  };
}

/** Sure for the file only where it is sure in every place; a link alone shows no place. */
function redactionOf(parts: readonly Part[]): FoundRecord['redaction'] {
  const places = parts.filter(({ redaction }) => redaction !== 'no-span-to-redact');
  if (places.length === 0) return 'no-span-to-redact';
  return places.find(({ redaction }) => redaction !== 'possible')?.redaction ?? 'possible';
}
