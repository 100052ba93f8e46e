import { StringDecoder } from 'node:string_decoder';
import { setImmediate } from 'node:timers/promises';

import type { SubjectLink, Vault } from '../../platform/vault/vault.ts';

/** Text is searched in pieces of about this length, cut where no identifier is; between them, calls get their turn. */
const PIECE_CHARACTERS = 8 * 1024;
/** A file of a whole country's addresses is not indexed to the last: finding opens every file anyway. */
const MOST_LINKS = 20_000;

/**
 * Who is in a file, as its bytes come by. Links lead to it quickly; that a person is found at all does not rest on them.
 */
export class SubjectScan {
  readonly #vault: Pick<Vault, 'links'>;
  readonly #organisationId: string;
  readonly #decoder = new StringDecoder('utf8');
  readonly #links = new Map<string, SubjectLink>();
  #held = '';
  /** Until a byte says otherwise: what is not text is found by its name and by whom the caller names. */
  #isText = true;

  /** @param named whom the caller says it is about */
  constructor(vault: Pick<Vault, 'links'>, organisationId: string, named: readonly string[]) {
    this.#vault = vault;
    this.#organisationId = organisationId;
    this.#add(named, '');
  }

  /** The stream as it is, searched on its way as long as it is text. */
  async *through(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.#isText &&= !chunk.includes(0);
      if (this.#isText) {
        this.#held += this.#decoder.write(Buffer.from(chunk));
        while (this.#held.length >= PIECE_CHARACTERS) {
          this.#searchPiece();
          await setImmediate();
        }
      }
      yield chunk;
    }
    if (this.#isText) this.#add([], this.#held + this.#decoder.end());
  }

  get links(): readonly SubjectLink[] {
    return [...this.#links.values()];
  }

  /** Up to the last line break, quote or space of the piece; what follows waits for its end. */
  #searchPiece(): void {
    const piece = this.#held.slice(0, PIECE_CHARACTERS);
    const cut = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('"'), piece.lastIndexOf(' '));
    const end = cut > 0 ? cut : piece.length;
    this.#add([], piece.slice(0, end));
    this.#held = this.#held.slice(end);
  }

  #add(named: readonly string[], text: string): void {
    if (this.#links.size >= MOST_LINKS) return;
    for (const link of this.#vault.links(this.#organisationId, named, text)) {
      const known = this.#links.get(link.index);
      if (known?.origin !== 'named') this.#links.set(link.index, link);
    }
  }
}
