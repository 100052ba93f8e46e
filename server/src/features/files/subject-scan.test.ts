import { array, assert, asyncProperty, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { detectIdentifiers } from '../../platform/vault/identifier-detection.ts';
import type { SubjectLink } from '../../platform/vault/vault.ts';
import { SubjectScan } from './subject-scan.ts';

const vault = {
  links: (_: string, named: readonly string[], text: string): SubjectLink[] => [
    ...named.map((index): SubjectLink => ({ index, origin: 'named', strength: 'strong' })),
    ...detectIdentifiers(text).map(({ identifier }): SubjectLink => ({
      index: identifier.value,
      origin: 'found',
      strength: 'strong',
    })),
  ],
};

async function scanned(pieces: readonly Buffer[], named: readonly string[] = []) {
  async function* content() {
    yield* pieces;
  }
  const scan = new SubjectScan(vault, 'org', named);
  const passed: Uint8Array[] = [];
  for await (const chunk of scan.through(content())) passed.push(chunk);
  return { links: scan.links, bytes: Buffer.concat(passed) };
}

describe('a file on its way in', () => {
  it('is searched wherever its bytes are cut: nobody is lost between two pieces', async () => {
    const lines = Array.from(
      { length: 600 },
      (_, index) => `{"n":"${'ö'.repeat(index % 40)} anna${index}@example.se"}`,
    );
    const text = Buffer.from(lines.join('\n'));
    await assert(
      asyncProperty(array(nat(text.length - 1), { maxLength: 10 }), async (cuts) => {
        const places = [0, ...new Set(cuts.sort((a, b) => a - b))];
        const pieces = places.map((from, index) => text.subarray(from, places[index + 1] ?? text.length));
        const { links, bytes } = await scanned(pieces);
        expect(bytes.equals(text)).toBe(true);
        expect(links).toHaveLength(600);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps whom the caller names, also where it is no text', async () => {
    const binary = Buffer.concat([Buffer.from([0, 1, 2]), Buffer.from(' anna@example.se ')]);
    const { links } = await scanned([binary], ['erik']);
    expect(links).toEqual([{ index: 'erik', origin: 'named', strength: 'strong' }]);
  });
});
