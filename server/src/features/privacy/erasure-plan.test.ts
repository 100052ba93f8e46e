import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { planDigest, planErasure, undecidedCandidates } from './erasure-plan.ts';
import type { FoundRecord } from './privacy-store.ts';

const foundRecord = fc.record({
  recordId: fc.uuid(),
  store: fc.constantFrom('calls' as const, 'sample' as const),
  createdAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
  match: fc.constantFrom('strong' as const, 'name' as const),
  matchedIndexes: fc.constant([]),
  otherIndexes: fc.array(fc.constantFrom('bob', 'eve'), { maxLength: 2 }),
  otherIdentifiers: fc.constant([]),
  contexts: fc.constant([]),
  redaction: fc.constantFrom(
    'possible' as const,
    'no-span-to-redact' as const,
    'trace-would-remain' as const,
    'not-text' as const,
  ),
});
const found = fc.uniqueArray(foundRecord, { selector: ({ recordId }) => recordId, maxLength: 20 });
const action = fc.constantFrom('destroy' as const, 'redact' as const, 'keep' as const);

/** Records with decisions for some of them. */
const decided = found.chain((records) =>
  fc.array(fc.option(action), { minLength: records.length, maxLength: records.length }).map((actions) => ({
    records,
    decisions: records.flatMap(({ recordId }, at) => {
      const chosen = actions[at];
      return chosen ? [{ recordId, action: chosen }] : [];
    }),
  })),
);

describe('planning an erasure', () => {
  it('plans every record once', () => {
    fc.assert(
      fc.property(decided, ({ records, decisions }) => {
        expect(planErasure(records, decisions).map(({ recordId }) => recordId)).toEqual(
          records.map(({ recordId }) => recordId),
        );
      }),
    );
  });

  it('never destroys what others share or what bears only a name, unless a human said so', () => {
    fc.assert(
      fc.property(decided, ({ records, decisions }) => {
        const byId = new Map<string, FoundRecord>(records.map((record) => [record.recordId, record]));
        const said = new Map(decisions.map((decision) => [decision.recordId, decision.action]));
        for (const { recordId, action: planned } of planErasure(records, decisions)) {
          const record = byId.get(recordId)!;
          const alone = record.otherIndexes.length === 0 && record.match === 'strong';
          if (planned === 'destroy') expect(alone || said.get(recordId) === 'destroy').toBe(true);
          if (planned === 'redact') expect(record.redaction).toBe('possible');
          if (said.get(recordId) === 'keep') expect(planned).toBe('keep');
          if (planned === 'keep') expect(said.get(recordId)).toBe('keep');
        }
      }),
    );
  });

  it('leaves nothing about a surely matched person untouched but what waits for a human or was kept by one', () => {
    fc.assert(
      fc.property(found, (records) => {
        const plan = planErasure(records, []);
        for (const [at, record] of records.entries()) {
          if (record.match === 'strong') expect(['destroy', 'redact', 'human']).toContain(plan[at]?.action);
          else expect(plan[at]).toMatchObject({ action: 'human', reason: 'undecided-namesake' });
        }
      }),
    );
  });

  it('asks about each name-only record exactly until it is decided', () => {
    fc.assert(
      fc.property(decided, ({ records, decisions }) => {
        const said = new Set(decisions.map(({ recordId }) => recordId));
        const open = records
          .filter(({ recordId, match }) => match === 'name' && !said.has(recordId))
          .map(({ recordId }) => recordId);
        expect(
          undecidedCandidates(records, decisions)
            .flatMap(({ recordIds }) => recordIds)
            .sort(),
        ).toEqual(open.sort());
      }),
    );
  });

  it('has one digest for one plan, in any order, and another for any other', () => {
    fc.assert(
      fc.property(decided, ({ records, decisions }) => {
        const plan = planErasure(records, decisions);
        expect(planDigest(plan.toReversed())).toBe(planDigest(plan));
        const [first, ...rest] = plan;
        if (first === undefined) return;
        expect(planDigest(rest)).not.toBe(planDigest(plan));
        const changed = first.action === 'keep' ? 'destroy' : 'keep';
        expect(planDigest([{ ...first, action: changed }, ...rest])).not.toBe(planDigest(plan));
      }),
    );
  });
});
