import { StringDecoder } from 'node:string_decoder';

import type { SubjectLink, Vault } from '../../platform/vault/vault.ts';

/** Text is searched in pieces of about this length, cut where no identifier is. */
const PIECE_CHARACTERS = 64 * 1024;
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

  /** @param named whom the caller says it is about */
  constructor(vault: Pick<Vault, 'links'>, organisationId: string, named: readonly string[]) {
    this.#vault = vault;
    this.#organisationId = organisationId;
    this.#add(named, '');
  }

  /** The stream as it is, searched on its way. */
  async *through(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.#held += this.#decoder.write(Buffer.from(chunk));
      if (this.#held.length >= PIECE_CHARACTERS) this.#search();
      yield chunk;
    }
    this.#add([], this.#held + this.#decoder.end());
  }

  get links(): readonly SubjectLink[] {
    return [...this.#links.values()];
  }

  /** Up to the last line break, or white space; what follows waits for its end. */
  #search(): void {
    const text = this.#held;
    const cut = Math.max(text.lastIndexOf('\n'), text.lastIndexOf(' '), text.lastIndexOf('"'));
    const end = cut > 0 ? cut : text.length;
    this.#add([], text.slice(0, end));
    this.#held = text.slice(end);
  }

  #add(named: readonly string[], text: string): void {
    if (this.#links.size >= MOST_LINKS) return;
    for (const link of this.#vault.links(this.#organisationId, named, text)) {
      const known = this.#links.get(link.index);
      if (known?.origin !== 'named') this.#links.set(link.index, link);
    }
  }
}
