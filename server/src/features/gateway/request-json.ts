import { isAscii, isUtf8 } from 'node:buffer';

import type { z } from 'zod';

import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { issueSentence, issueWords } from '../../platform/issue-words.ts';
import { say } from './gateway-words.ts';
import { jsonFault } from './json-fault.ts';
import { type Member, membersOf } from './json-members.ts';

export interface JsonRequest<T> {
  readonly bytes: Buffer;
  readonly data: T;
  /** Byte offsets. */
  readonly members: ReadonlyMap<string, Member>;
}

/** @throws OpenAiError 400 with the byte or the field that is wrong */
export function readJson<T>(bytes: Buffer, schema: z.ZodType<T>, language: Language): JsonRequest<T> {
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) throw wrong(say('bodyNotUtf8', language), 'invalid_utf8');
  // One character a byte: positions in it are byte offsets.
  const latin1 = bytes.toString('latin1');
  const value = parseJson(ascii ? latin1 : bytes.toString('utf8'), language);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw wrongField(schema, value, language);
  const members = membersOf(latin1);
  if (!members) throw wrong(say('bodyDoubled', language), 'duplicate_field');
  return { bytes, data: parsed.data, members };
}

function parseJson(text: string, language: Language): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = jsonFault(text);
    if (!fault) throw error;
    const position = Buffer.byteLength(text.slice(0, fault.position));
    throw wrong(
      say('bodyNotJson', language, { position, expected: fault.expected[language] }),
      'invalid_json',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(say('bodyNotObject', language), 'invalid_json');
  return value;
}

/** Reads once more, and keeps what is wrong: only that tells what is missing from what is of another type. */
function wrongField(schema: z.ZodType, value: unknown, language: Language): OpenAiError {
  const [issue] = schema.safeParse(value, { reportInput: true }).error?.issues ?? [];
  const param = (issue?.path ?? []).reduce<string>(
    (path, step) =>
      typeof step === 'number' ? `${path}[${step}]` : path === '' ? String(step) : `${path}.${String(step)}`,
    '',
  );
  const said = issue === undefined ? issueWords.invalid(param) : issueSentence(issue, param);
  return wrong(said[language], 'invalid_type', param);
}

function wrong(message: string, code: string, param?: string): OpenAiError {
  return new OpenAiError(400, message, { code, ...(param !== undefined && { param }) });
}
