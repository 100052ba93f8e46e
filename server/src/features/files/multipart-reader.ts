/** One part of a form: a field, or a file with a name. Its content must be read before the next part is asked for. */
export interface FormPart {
  readonly name: string;
  readonly filename: string | undefined;
  readonly content: AsyncIterable<Buffer>;
}

/** The form is not what RFC 7578 says, or it ended too early. */
export class FormBroken extends Error {
  override readonly name = 'FormBroken';
}

const MAX_HEAD_BYTES = 8 * 1024;
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** The boundary out of a `content-type`; undefined where there is none. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const found = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/**
 * The parts of a form in order, as their bytes come: nothing is held but what could be the beginning of a boundary.
 * @throws FormBroken
 */
export async function* readForm(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<FormPart> {
  const reader = new FormReader(body, boundary);
  await reader.toFirstPart();
  while (await reader.hasPart()) {
    const head = await reader.head();
    yield { ...head, content: reader.content() };
    await reader.toEndOfPart();
  }
}

class FormReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** A delimiter begins with the line break before it; the first one of a body has none. */
  readonly #delimiter: Buffer;
  #held: Buffer = Buffer.from('\r\n');
  #inPart = false;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = body[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  async toFirstPart(): Promise<void> {
    this.#inPart = true;
    await this.toEndOfPart();
  }

  /** After a delimiter: `--` ends the form, a line break begins a part. */
  async hasPart(): Promise<boolean> {
    await this.#atLeast(2);
    const mark = this.#take(2).toString('latin1');
    if (mark === '--') return false;
    if (mark !== '\r\n') throw new FormBroken();
    return true;
  }

  async head(): Promise<Pick<FormPart, 'name' | 'filename'>> {
    // A head without lines would begin with the blank one.
    let end = this.#held.indexOf(BLANK_LINE);
    while (end < 0) {
      if (this.#held.length > MAX_HEAD_BYTES) throw new FormBroken();
      await this.#more();
      end = this.#held.indexOf(BLANK_LINE);
    }
    const lines = this.#take(end).toString('utf8').split('\r\n');
    this.#take(BLANK_LINE.length);
    this.#inPart = true;
    const disposition = lines.find((line) => /^content-disposition\s*:\s*form-data\s*;/i.test(line)) ?? '';
    const name = parameterOf(disposition, 'name');
    if (name === undefined) throw new FormBroken();
    return { name, filename: parameterOf(disposition, 'filename') };
  }

  /** Up to the next delimiter, which is taken too. */
  async *content(): AsyncGenerator<Buffer> {
    while (this.#inPart) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at >= 0) {
        const last = this.#take(at);
        this.#take(this.#delimiter.length);
        this.#inPart = false;
        if (last.length > 0) yield last;
        return;
      }
      // The end of what is here may be the beginning of a delimiter.
      const sure = this.#held.length - this.#delimiter.length + 1;
      if (sure > 0) yield this.#take(sure);
      await this.#more();
    }
  }

  async toEndOfPart(): Promise<void> {
    for await (const _ of this.content());
  }

  async #atLeast(bytes: number): Promise<void> {
    while (this.#held.length < bytes) await this.#more();
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done === true) throw new FormBroken();
    this.#held = this.#held.length === 0 ? Buffer.from(value) : Buffer.concat([this.#held, value]);
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}

/** As browsers and fetch write it (WHATWG): quoted, with `"` and line breaks as `%22`, `%0D`, `%0A`; others escape with a backslash. */
function parameterOf(disposition: string, name: string): string | undefined {
  const quoted = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)?.[1];
  if (quoted === undefined) return new RegExp(`;\\s*${name}=([^\\s;"]+)`, 'i').exec(disposition)?.[1];
  return quoted
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll(/%(22|0[dD]|0[aA])/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
