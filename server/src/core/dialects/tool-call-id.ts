import { hash } from 'node:crypto';

const NINE = /^[a-zA-Z0-9]{9}$/u;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The id of a tool call as Mistral's templates take it: nine letters and digits, or they raise. One that is so stays;
 * any other becomes the same nine each time, so that a call and its result still belong together, in this request and
 * in the next. A caller only ever echoes ids that it was given, so none has to be turned back.
 */
export function nineCharacterId(id: string): string {
  if (NINE.test(id)) return id;
  const digest = hash('sha256', id, 'buffer');
  return Array.from({ length: 9 }, (_, at) => ALPHABET[digest.readUInt16BE(at * 2) % 62]).join('');
}
