/** An event longer than this is not from an engine. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

/**
 * Reads the data of server-sent events (WHATWG HTML §9.2.6) out of bytes cut anywhere, also within a character.
 * Comments, names and ids are passed over: chat streams put all they say into the data.
 */
export class EventReader {
  readonly #decoder = new TextDecoder();
  #held = '';
  #data: string[] = [];
  /** The last line ended in a CR, so an LF that comes first belongs to it. */
  #afterReturn = false;

  /** @throws RangeError for an event without end */
  push(chunk: Uint8Array): string[] {
    const text = this.#decoder.decode(chunk, { stream: true });
    if (text === '') return [];
    this.#held += this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#afterReturn = false;
    const found: string[] = [];
    for (let line = this.#line(); line !== undefined; line = this.#line()) {
      if (line.startsWith('data:')) this.#data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      if (line !== '' || this.#data.length === 0) continue;
      found.push(this.#data.join('\n'));
      this.#data = [];
    }
    if (this.#held.length > MAX_EVENT_LENGTH) throw new RangeError('an event of the engine has no end');
    return found;
  }

  #line(): string | undefined {
    const end = this.#held.search(/[\r\n]/u);
    if (end < 0) return undefined;
    const line = this.#held.slice(0, end);
    const both = this.#held.startsWith('\r\n', end);
    this.#afterReturn = !both && this.#held[end] === '\r' && end + 1 === this.#held.length;
    this.#held = this.#held.slice(end + (both ? 2 : 1));
    return line;
  }
}
