import type { FilledPrompt } from '../prompts/index.ts';
import { type Member, membersOf } from './json-members.ts';
import { type Edit, spliced } from './json-splice.ts';

type Members = ReadonlyMap<string, Member>;

/** What the members of a path are called that a template may give. */
const names: Readonly<
  Record<string, { readonly texts: string; readonly maxTokens: readonly [string, ...string[]] }>
> = {
  '/v1/chat/completions': { texts: 'messages', maxTokens: ['max_tokens', 'max_completion_tokens'] },
  '/v1/responses': { texts: 'input', maxTokens: ['max_output_tokens'] },
};

/** The template that a request names; undefined where it names none. Completions have texts of that name. */
export function promptOf(path: string, body: Buffer): unknown {
  if (names[path] === undefined || !body.includes('"prompt"')) return undefined;
  const text = body.toString('latin1');
  const prompt = /^\s*\{/.test(text) ? membersOrNone(text).get('prompt') : undefined;
  if (prompt === undefined || text[prompt.start] !== '{') return undefined;
  try {
    return JSON.parse(body.toString('utf8', prompt.start, prompt.end)) as unknown;
  } catch (error) {
    // What is not JSON is told by who reads the whole body.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The request with the template's messages before its own. What the request says itself (model, temperature, length) counts
 * before what the template says. All other bytes stay.
 */
export function withPrompt(path: string, body: Buffer, prompt: FilledPrompt): Buffer {
  const known = names[path];
  const text = body.toString('latin1');
  const members = membersOrNone(text);
  const place = members.get('prompt');
  if (!known || !place) return body;
  const added: string[] = [];
  const edits: Edit[] = [];
  const add = (name: string, value: unknown) =>
    added.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const own = members.get(known.texts);
  if (!own) add(known.texts, prompt.messages);
  else edits.push(before(text, own, JSON.stringify(prompt.messages).slice(1, -1)));
  if (prompt.model !== undefined && !members.has('model')) add('model', prompt.model);
  if (prompt.temperature !== undefined && !members.has('temperature')) add('temperature', prompt.temperature);
  const [maxTokens] = known.maxTokens;
  if (prompt.maxTokens !== undefined && !known.maxTokens.some((name) => members.has(name)))
    add(maxTokens, prompt.maxTokens);
  return spliced(body, [...edits, replaced(text, place, added.join(','))]);
}

/** In a list of messages, before the first; a text of its own becomes the user's message. */
function before(text: string, { start, end }: Member, messages: string): Edit {
  if (text[start] === 'n') return { start, end, value: `[${messages}]` };
  if (text[start] === '"')
    return { start, end, value: `[${messages},{"role":"user","content":${utf8(text.slice(start, end))}}]` };
  const isEmpty = /^\[\s*\]$/.test(text.slice(start, end));
  return { start: start + 1, end: start + 1, value: isEmpty ? messages : `${messages},` };
}

/** The member, name and all, gives way; with nothing in its place its comma goes, too. */
function replaced(text: string, { start: value, end }: Member, members: string): Edit {
  const nameEnd = text.lastIndexOf('"', value);
  const start = text.lastIndexOf('"', nameEnd - 1);
  if (members !== '') return { start, end, value: members };
  const next = end + (/^\s*,/.exec(text.slice(end))?.[0].length ?? 0);
  if (next > end) return { start, end: next, value: '' };
  const comma = /,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return { start: start - comma, end, value: '' };
}

const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString();

/** A name that stands twice is told by who reads the whole body. */
const membersOrNone = (text: string): Members => membersOf(text) ?? new Map<string, Member>();
