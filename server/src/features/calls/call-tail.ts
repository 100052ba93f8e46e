import { setTimeout as sleep } from 'node:timers/promises';

import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { Listener } from '../../platform/postgres/database-listener.ts';
import type { CallTables } from './call-tables.ts';
import { CallTailStream, type TailFilter, WINDOW } from './call-tail-stream.ts';
import { lastCalls, type SiteNames } from './call-views.ts';
import { callWords } from './call-words.ts';

/** A look after the last one, at the earliest: calls of a moment come together. */
const LOOK_MS = 250;
/** A reader whose right is gone hears nothing more after so long. */
const CHECK_MS = 1_000;
const MOST_READERS = 100;

interface Reader {
  readonly organisationId: string;
  readonly stream: CallTailStream;
  readonly stillAuthorised: () => Promise<boolean>;
}

export interface TailRequest {
  readonly organisationId: string;
  readonly filter: TailFilter;
  readonly lastRowId: number;
  readonly stillAuthorised: () => Promise<boolean>;
}

/**
 * Calls as they end. The transaction that ships calls tells on `kulning_calls` of which organisations they are; whoever
 * reads an organisation's tail is then told of its last calls. Without readers it holds nothing and listens to nothing.
 */
export class CallTail {
  readonly #database: Database<CallTables>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #siteNames: SiteNames;
  readonly #readers = new Set<Reader>();
  /** Organisations with calls that their readers have not heard of; the empty name is any of them. */
  readonly #fresh = new Set<string>();
  #running: Promise<void> | undefined;
  #checkedAt = 0;
  #wake: () => void = () => undefined;
  #closed = false;

  constructor(options: { database: Database; clock: Clock; log: Logger; siteNames: SiteNames }) {
    this.#database = options.database.withTables<CallTables>();
    this.#clock = options.clock;
    this.#log = options.log;
    this.#siteNames = options.siteNames;
  }

  /** @throws KulningError `calls.tail_full` */
  open({ organisationId, filter, lastRowId, stillAuthorised }: TailRequest): ReadableStream<Uint8Array> {
    if (this.#readers.size >= MOST_READERS || this.#closed)
      throw new KulningError({
        code: 'calls.tail_full',
        status: 503,
        text: callWords.tailFull,
        retryable: true,
      });
    const gone = () => {
      this.#readers.delete(reader);
      this.#wake();
    };
    const reader: Reader = {
      organisationId,
      stillAuthorised,
      stream: new CallTailStream(filter, lastRowId, gone),
    };
    this.#readers.add(reader);
    this.#hear(organisationId);
    this.#running ??= this.#run();
    return reader.stream.body;
  }

  /** Ends every stream; its readers come back to another process. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { stream } of this.#readers) stream.end('closing');
    this.#readers.clear();
    this.#wake();
    await this.#running;
  }

  #hear(payload: string): void {
    for (const organisationId of payload.split(' ')) this.#fresh.add(organisationId);
    this.#wake();
  }

  /** As long as somebody reads. When it fails, for want of a database, its readers come back by themselves. */
  async #run(): Promise<void> {
    while (this.#readers.size > 0) {
      let listener: Listener | undefined;
      try {
        listener = await this.#database.listen('kulning_calls', (payload) => this.#hear(payload));
        while (this.#readers.size > 0) await this.#turn();
      } catch (cause) {
        this.#log.error('calls.tail_failed', cause);
        for (const { stream } of this.#readers) stream.end('closing');
        this.#readers.clear();
      }
      await listener?.close();
    }
    this.#running = undefined;
  }

  async #turn(): Promise<void> {
    const begunAt = this.#clock.now();
    if (begunAt - this.#checkedAt >= CHECK_MS) await this.#check(begunAt);
    await this.#look();
    await this.#pause(begunAt);
  }

  async #check(now: number): Promise<void> {
    this.#checkedAt = now;
    await Promise.all(
      [...this.#readers].map(async (reader) => {
        if (await reader.stillAuthorised()) return reader.stream.beat(now);
        if (this.#readers.delete(reader)) reader.stream.end('revoked');
      }),
    );
  }

  async #look(): Promise<void> {
    const any = this.#fresh.has('');
    const organisations = new Set([...this.#readers].map(({ organisationId }) => organisationId));
    const wanted = [...organisations].filter((id) => any || this.#fresh.has(id));
    this.#fresh.clear();
    for (const organisationId of wanted) {
      const window = await this.#database.inOrganisation(organisationId, async (trx) =>
        lastCalls(trx, organisationId, WINDOW, await this.#siteNames(trx)),
      );
      for (const reader of this.#readers)
        if (reader.organisationId === organisationId) reader.stream.offer(window);
    }
  }

  /** Until there are calls or it is time to check again, and at least a look's pause. */
  async #pause(since: number): Promise<void> {
    if (this.#fresh.size === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CHECK_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const left = since + LOOK_MS - this.#clock.now();
    if (left > 0 && !this.#closed) await sleep(left);
  }
}
