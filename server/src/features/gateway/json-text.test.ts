import {
  array,
  assert,
  constantFrom,
  dictionary,
  json,
  jsonValue,
  property,
  string,
  tuple,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonFault } from './json-fault.ts';
import { membersOf } from './json-members.ts';

const spaces = array(constantFrom(' ', '\n', '\t', '\r'), { maxLength: 3 }).map((each) => each.join(''));

describe('the members of a JSON object', () => {
  it('stand where JSON.parse finds them, whatever the names, values and spaces', () => {
    assert(
      property(
        dictionary(string({ unit: 'grapheme' }), jsonValue({ stringUnit: 'grapheme' })),
        spaces,
        spaces,
        (object, around, within) => {
          const entries = Object.entries(object).map(
            ([name, value]) => [name, JSON.stringify(value, null, 1)] as const,
          );
          const members = entries.map(
            ([name, value]) => `${within}${JSON.stringify(name)}${within}:${within}${value}${within}`,
          );
          const bytes = Buffer.from(`${around}{${within}${members.join(',')}}${around}`);
          const found = [...membersOf(bytes.toString('latin1'))!.values()];
          expect(found.map(({ start, end }) => bytes.subarray(start, end).toString())).toEqual(
            entries.map(([, value]) => value),
          );
        },
      ),
    );
  });

  it('are not told when a name stands twice, in any spelling', () => {
    expect(membersOf('{"model":"a","model":"b"}')).toBeUndefined();
    expect(membersOf('{"model":"a","mod\\u0065l":"b"}')).toBeUndefined();
    expect(membersOf('{"a":{"model":1},"model":2}')?.get('model')).toEqual({ start: 25, end: 26 });
  });
});

describe('a fault in JSON', () => {
  it('is found exactly where JSON.parse refuses, and nowhere else', () => {
    assert(
      property(json(), tuple(string({ maxLength: 2 }), string({ maxLength: 4 })), (valid, [piece, tail]) => {
        const cut = Math.floor(valid.length / 2);
        for (const text of [
          valid,
          valid.slice(0, cut) + piece + valid.slice(cut),
          valid + tail,
          valid.slice(0, cut),
        ]) {
          let refused = false;
          try {
            JSON.parse(text);
          } catch {
            refused = true;
          }
          expect(jsonFault(text) !== undefined).toBe(refused);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has the position at which a person would mend it', () => {
    expect(jsonFault('{"model": "x", }')).toMatchObject({
      position: 15,
      expected: { en: 'a name in double quotes' },
    });
    expect(jsonFault('{"model" "x"}')).toMatchObject({ position: 9, expected: { en: 'a colon' } });
    expect(jsonFault('[1, 2')).toMatchObject({ position: 5, expected: { en: 'a comma or ]' } });
  });
});
