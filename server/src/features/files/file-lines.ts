/** One line of a text. */
export interface FileLine {
  /** The first is 1. */
  readonly number: number;
  /** Without its line break. */
  readonly bytes: Buffer;
  /** The last line may have none. */
  readonly ending: '' | '\n' | '\r\n';
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a file as its bytes come. What stands after the last line break is a line, unless it is nothing.
 * Memory: one line, which the caller bounds: longer ones are passed on cut to `longest + 1` bytes, the rest unread.
 */
export async function* linesOf(
  content: AsyncIterable<Uint8Array>,
  longest = Number.POSITIVE_INFINITY,
): AsyncGenerator<FileLine> {
  let number = 0;
  let held: Buffer[] = [];
  let length = 0;
  const hold = (piece: Buffer) => {
    const room = Math.max(0, longest + 1 - length);
    if (piece.length > 0 && room > 0) held.push(piece.subarray(0, room));
    length += piece.length;
  };
  const take = (broken: boolean): FileLine => {
    const [first] = held;
    const whole = held.length === 1 && first ? first : Buffer.concat(held);
    held = [];
    length = 0;
    number += 1;
    if (!broken) return { number, bytes: whole, ending: '' };
    const returns = whole.at(-1) === CARRIAGE_RETURN;
    return { number, bytes: returns ? whole.subarray(0, -1) : whole, ending: returns ? '\r\n' : '\n' };
  };
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      hold(bytes.subarray(from, at));
      yield take(true);
      from = at + 1;
    }
    // A copy: the chunk's memory may be written again.
    hold(Buffer.from(bytes.subarray(from)));
  }
  if (length > 0) yield take(false);
}
