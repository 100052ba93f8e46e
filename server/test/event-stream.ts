import { setTimeout as sleep } from 'node:timers/promises';

export interface StreamEvent {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly id: string | undefined;
}

/** Server-sent events as they come, from an answer that may never end. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  /** Everything that was read. */
  text = '';
  ended = false;
  readonly #stop = new AbortController();

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(url, { headers, signal: stream.#stop.signal });
    if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    void stream.#read(response.body);
    return stream;
  }

  /** The first event that fits, now or within ten seconds. */
  async until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 20) {
      const found = this.events.find(fits);
      if (found) return found;
      await sleep(20);
    }
    throw new Error(`no such event among ${JSON.stringify(this.events)}`);
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const bytes of body) {
        const chunk = decoder.decode(bytes, { stream: true });
        this.text += chunk;
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
    this.ended = true;
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const event = fields.get('event');
    if (event !== undefined)
      this.events.push({
        event,
        id: fields.get('id'),
        data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
      });
  }
}
