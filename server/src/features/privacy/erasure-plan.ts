import { createHash } from 'node:crypto';

import type { NamesakeCandidate, PlannedRecord, RecordDecision } from '@kulning/sdk';

import type { FoundRecord } from './privacy-store.ts';

/**
 * What happens to each record that was found. What a human decided goes first. Otherwise: a name alone is nobody's
 * surely; what is this person's alone loses its key; what others share is redacted if that is sure, and else waits
 * for a human. Pure, so that a preview and the erasure agree.
 */
export function planErasure(
  found: readonly FoundRecord[],
  decisions: readonly RecordDecision[],
): PlannedRecord[] {
  const decided = new Map(decisions.map(({ recordId, action }) => [recordId, action]));
  return found.map((record) => ({
    recordId: record.recordId,
    store: record.store,
    createdAt: record.createdAt.toISOString(),
    ...planRecord(record, decided.get(record.recordId)),
  }));
}

function planRecord(
  record: FoundRecord,
  decision: RecordDecision['action'] | undefined,
): Pick<PlannedRecord, 'action' | 'reason'> {
  if (decision === 'keep' || decision === 'destroy') return { action: decision, reason: 'decided-by-human' };
  if (decision === undefined && record.match === 'name')
    return { action: 'human', reason: 'undecided-namesake' };
  if (decision === undefined && record.otherIndexes.length === 0)
    return { action: 'destroy', reason: 'only-this-person' };
  if (record.redaction !== 'possible') return { action: 'human', reason: record.redaction };
  return { action: 'redact', reason: decision === undefined ? 'shared-with-others' : 'decided-by-human' };
}

/** Records found by a name alone, grouped where they bear the same other identifiers. */
export function namesakeCandidates(found: readonly FoundRecord[]): NamesakeCandidate[] {
  const byName = found.filter(({ match }) => match === 'name');
  const groups = Map.groupBy(byName, ({ otherIndexes, recordId }) => otherIndexes.join(' ') || recordId);
  return [...groups].map(([key, records]) => {
    const times = records.map(({ createdAt }) => createdAt.getTime());
    return {
      key: createHash('sha256').update(key).digest('hex').slice(0, 16),
      recordIds: records.map(({ recordId }) => recordId),
      stores: [...new Set(records.map(({ store }) => store))],
      firstAt: new Date(Math.min(...times)).toISOString(),
      lastAt: new Date(Math.max(...times)).toISOString(),
      otherIdentifiers: [...new Set(records.flatMap(({ otherIdentifiers }) => otherIdentifiers))],
      contexts: records.flatMap(({ contexts }) => contexts).slice(0, 3),
    };
  });
}

/** Of candidates, those with a record that nobody decided about. */
export function undecidedCandidates(
  found: readonly FoundRecord[],
  decisions: readonly RecordDecision[],
): NamesakeCandidate[] {
  const decided = new Set(decisions.map(({ recordId }) => recordId));
  return namesakeCandidates(found.filter(({ recordId }) => !decided.has(recordId)));
}

/** Of the plan as a human saw it: what is erased must be what was previewed. */
export function planDigest(plan: readonly PlannedRecord[]): string {
  const lines = plan.map(({ store, recordId, action }) => `${store} ${recordId} ${action}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
