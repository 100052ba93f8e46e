import type { CallOutcomeName, LiveCall } from '@kulning/sdk';

export interface TailFilter {
  readonly outcome?: CallOutcomeName | undefined;
  readonly model?: string | undefined;
  readonly keyId?: string | undefined;
}

export interface TailedCall {
  readonly rowId: number;
  readonly call: LiveCall;
}

export type TailEnd = 'revoked' | 'closing';

/** One look at the last calls of an organisation. */
export const WINDOW = 200;
/** What a new reader is told of what was before. */
const BACKLOG = 50;
/** Events that may wait for a reader that is slow. */
const MOST_WAITING = 512;
const HEARTBEAT_MS = 15_000;
const encoder = new TextEncoder();

/** One reader: what it has been told, and its stream of server-sent events. Its memory is bounded, whatever it reads. */
export class CallTailStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #filter: TailFilter;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Row ids of the last window, or where a reader that comes back left off. */
  #told: ReadonlySet<number> | undefined;
  #after: number;
  #skipped = false;
  #saidAt = 0;

  /** @param lastRowId of the last event that the reader had; 0 for a new one */
  constructor(filter: TailFilter, lastRowId: number, onGone: () => void) {
    this.#filter = filter;
    this.#after = lastRowId;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          onGone();
        },
      },
      { highWaterMark: MOST_WAITING },
    );
  }

  /**
   * Tells what it has not told of the last calls, oldest first. Calls of two processes may come to light out of order, so
   * the window is compared and not its newest row.
   */
  offer(window: readonly TailedCall[]): void {
    const oldest = window[0]?.rowId ?? 0;
    const known =
      this.#told ?? new Set(this.#after > 0 ? [] : window.slice(0, -BACKLOG).map(({ rowId }) => rowId));
    const fresh = window.filter(({ rowId }) => rowId > this.#after && !known.has(rowId));
    // Nothing that it had heard of is left in a full window: before it there were others.
    if (fresh.length === WINDOW) this.#skipped = true;
    this.#told = new Set(window.map(({ rowId }) => rowId));
    this.#after = Math.max(this.#after, oldest - 1);
    for (const { rowId, call } of fresh) if (this.#wants(call)) this.#say(`id: ${rowId}\n`, 'call', call);
  }

  /** Keeps proxies from thinking that nobody is there. */
  beat(now: number): void {
    if (now - this.#saidAt < HEARTBEAT_MS) return;
    this.#saidAt = now;
    this.#write(': \n\n');
  }

  end(reason: TailEnd): void {
    this.#say('', 'ended', { reason });
    this.#controller?.close();
    this.#controller = undefined;
  }

  #wants({ outcome, model, keyId }: LiveCall): boolean {
    const { outcome: o, model: m, keyId: k } = this.#filter;
    return (
      (o === undefined || o === outcome) &&
      (m === undefined || m === model) &&
      (k === undefined || k === keyId)
    );
  }

  #say(id: string, event: string, data: object): void {
    if (this.#skipped && this.#hasRoom()) {
      this.#skipped = false;
      this.#write('event: skipped\ndata: {}\n\n');
    }
    if (this.#hasRoom()) this.#write(`${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    else this.#skipped = true;
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }
}
