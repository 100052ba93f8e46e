import {
  array,
  assert,
  constantFrom,
  dictionary,
  jsonValue,
  nat,
  property,
  record,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import { batchLimits, InputCheck, readLine } from './batch-line.ts';

const endpoint = '/v1/chat/completions' as const;
const right = (customId: string, body: object = { model: 'herd', messages: [] }) => ({
  custom_id: customId,
  method: 'POST',
  url: endpoint,
  body,
});

function check(lines: readonly string[], longest = 1_000_000): InputCheck {
  const input = new InputCheck(endpoint, longest);
  for (const [index, text] of lines.entries())
    if (!input.take({ number: index + 1, bytes: Buffer.from(text), ending: '\n' })) return input;
  input.end();
  return input;
}

describe('an input file', () => {
  it('is taken whole if and only if each line is a request of its own', () => {
    const oddities = [
      'nonsense',
      '[]',
      'null',
      '"text"',
      '{}',
      JSON.stringify({ ...right('x'), method: 'GET' }),
      JSON.stringify({ ...right('x'), url: '/v1/embeddings' }),
      JSON.stringify({ ...right('x'), url: 7 }),
      JSON.stringify({ ...right('x'), custom_id: '' }),
      JSON.stringify({ ...right('x'), custom_id: 7 }),
      JSON.stringify({ ...right('x'), body: [] }),
      JSON.stringify({ ...right('x'), body: { messages: [] } }),
      JSON.stringify({ ...right('x'), body: { model: 'herd', stream: true } }),
      `{"custom_id":"x","custom_id":"x","method":"POST","url":"${endpoint}","body":{"model":"herd"}}`,
    ];
    const line = constantFrom<{ id?: string; odd?: string; blank?: true }>(
      ...['a', 'b', 'c', 'd', 'e', 'å'].map((id) => ({ id })),
      ...oddities.map((odd) => ({ odd })),
      { blank: true },
    );
    assert(
      property(array(line, { maxLength: 12 }), (given) => {
        const { faults, lines } = check(
          given.map(({ id, odd }) => odd ?? (id === undefined ? '  ' : JSON.stringify(right(id)))),
        );
        const seen = new Set<string>();
        const wrong = given.flatMap(({ id, odd, blank }, index) => {
          const doubled = id !== undefined && seen.has(id);
          if (id !== undefined) seen.add(id);
          return !blank && (odd !== undefined || doubled) ? [index + 1] : [];
        });
        const requests = given.flatMap(({ blank }, index) => (blank ? [] : [index + 1]));
        expect(lines).toEqual(requests);
        if (requests.length === 0) expect(faults).toEqual([{ code: 'empty_file', line: null, param: null }]);
        else expect(faults.map((fault) => fault.line)).toEqual(wrong);
      }),
    );
  });

  it('gives each body as the caller wrote it, byte for byte', () => {
    const body = dictionary(string(), jsonValue(), { maxKeys: 5 }).map((given) => ({
      ...given,
      stream: false,
      model: 'herd',
    }));
    assert(
      property(
        record({ id: string({ minLength: 1, maxLength: 40 }), body, indent: nat(2) }),
        ({ id, body, indent }) => {
          const written = JSON.stringify(body, null, ' '.repeat(indent)).replaceAll('\n', ' ');
          const line = `{"body": ${written} ,"url":"${endpoint}","method":"POST","custom_id":${JSON.stringify(id)}}`;
          expect(readLine(Buffer.from(line), endpoint)).toEqual({
            customId: id,
            model: 'herd',
            body: Buffer.from(written),
          });
        },
      ),
    );
  });

  it('never throws, and never quotes what it was given', () => {
    assert(
      property(string({ maxLength: 100 }), (text) => {
        const read = readLine(Buffer.from(text), endpoint);
        expect(Object.keys(read)).toEqual(['code', 'param']);
      }),
    );
    expect(readLine(Buffer.from([0xff, 0xfe]), endpoint)).toEqual({ code: 'invalid_json_line', param: null });
  });

  it('stops at what is too long, too many, or wrong too often', () => {
    expect(check([JSON.stringify(right('a'))], 10).faults).toEqual([
      { code: 'line_too_long', line: 1, param: null },
    ]);
    expect(check(Array.from({ length: 300 }, () => 'x')).faults).toHaveLength(batchLimits.faults);
    const many = check(
      Array.from({ length: batchLimits.lines + 1 }, (_, index) => JSON.stringify(right(String(index)))),
    );
    expect(many.faults).toEqual([{ code: 'too_many_requests', line: batchLimits.lines + 1, param: null }]);
    expect(many.lines).toHaveLength(batchLimits.lines);
  });
});
