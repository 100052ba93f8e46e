import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Detector, detectorNames, findAll, MOST_AHEAD, MOST_BEHIND, Place } from './detector.ts';
import { textDetectors } from './detectors.ts';

const root = new URL('../../../../', import.meta.url);
const lines = readFileSync(new URL('data/guard/labelled.txt', root), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** The text without its marks, and what they mark. */
function marked(line: string): { text: string; marks: { detector: string; start: number; end: number }[] } {
  const marks: { detector: string; start: number; end: number }[] = [];
  let text = '';
  for (const [, before = '', detector, value] of line.matchAll(/(.*?)(?:\[\[(\w+):(.*?)\]\]|$)/g)) {
    text += before;
    if (detector === undefined || value === undefined) continue;
    marks.push({ detector, start: text.length, end: text.length + value.length });
    text += value;
  }
  return { text, marks };
}

/** A finding is right where it stands over the very characters that are marked as that. */
function measured(): string[] {
  const counts = new Map<string, { marked: number; found: number; right: number }>();
  const of = (name: string) => {
    const known = counts.get(name) ?? { marked: 0, found: 0, right: 0 };
    counts.set(name, known);
    return known;
  };
  for (const { text, marks } of lines.map(marked)) {
    for (const { detector } of marks) of(detector).marked++;
    for (const { detector, start, end } of findAll(text, textDetectors)) {
      of(detector).found++;
      if (marks.some((mark) => mark.detector === detector && mark.start === start && mark.end === end))
        of(detector).right++;
    }
  }
  return detectorNames.flatMap((name) => {
    const count = counts.get(name);
    if (!count) return [];
    const { marked: all, found, right } = count;
    return [`| \`${name}\` | ${all} | ${right} of ${found} | ${right} of ${all} |`];
  });
}

describe('detection on the labelled texts', () => {
  it('is what docs/guardrails.md says it is', () => {
    const table = measured();
    expect(lines.length).toBeGreaterThan(100);
    process.stdout.write(`${table.join('\n')}\n`);
    const told = readFileSync(new URL('docs/guardrails.md', root), 'utf8');
    for (const row of table) expect(told).toContain(row);
  });

  it('looks at each detector that needs nothing but text', () => {
    const inSet = new Set(lines.flatMap((line) => marked(line).marks.map(({ detector }) => detector)));
    for (const { name } of textDetectors) expect([...inSet], name).toContain(name);
  });
});

const adversarial = [
  'a@',
  'a.',
  'a:',
  '1',
  '0',
  '12 34 56 ',
  'AB12 ',
  '+1 ',
  '(0',
  'born 1.1.',
  'born on 1 January ',
  'FR14 2004 ',
  '::',
  '[EMAIL_',
  'ÅÄÖ',
  '\u00a0',
  '2 55 08 14 168 025 3',
  'tel 0',
  'anna@example.',
];

describe('the time that detection takes', () => {
  it('grows with the length alone: what a detector says of a place rests on bounded surroundings', () => {
    const pieces = fc.array(fc.constantFrom(...adversarial, 'anna@b.se', '070-123 45 67', 'x'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(pieces, fc.nat(), (parts, seed) => {
        const text = parts.join('');
        const start = text.length === 0 ? 0 : seed % text.length;
        const before = Math.min(start, MOST_BEHIND);
        const near = text.slice(start - before, start + MOST_AHEAD + 1);
        for (const detector of textDetectors) {
          const end = endAt(detector, text, start);
          expect(end === 0 ? 0 : end - start, detector.name).toBe(
            Math.max(0, endAt(detector, near, before) - before),
          );
          expect(end - start).toBeLessThanOrEqual(MOST_AHEAD);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets a megabyte that was made to be slow come to its end', () => {
    const text = adversarial.map((piece) => piece.repeat(Math.ceil(56_000 / piece.length))).join('\n');
    expect(text.length).toBeGreaterThan(2 ** 20);
    expect(findAll(text, textDetectors).length).toBeGreaterThan(0);
  });
});

function endAt(detector: Detector, text: string, start: number): number {
  const place = new Place(text);
  place.moveTo(start);
  return detector.endAt(place);
}
