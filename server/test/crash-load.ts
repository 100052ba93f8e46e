import { setTimeout as sleep } from 'node:timers/promises';

/** How an exchange ended that arrived to its last byte: with an answer, or with an error, refusals among them. */
export type Ending = 'answered' | 'error';

export interface Heard {
  /** By receipt. */
  readonly endings: ReadonlyMap<string, Ending>;
  /** Streams that ended in order but without `[DONE]` or an error event, and answers without a receipt: must be none. */
  readonly torn: readonly string[];
}

/** More callers than the engine has slots, so that some are refused for want of capacity; whether each one streams. */
const callers = [true, false, true];
/** After anything but an answer: refusals would come too thick. */
const pauseMs = 100;
/** Long: the machine of a proof may be busy with other things. */
const mostWaitMs = 240_000;

/** Callers that go on whatever happens, and remember how each exchange ended that reached them whole. */
export class CrashLoad {
  readonly #endings = new Map<string, Ending>();
  readonly #torn: string[] = [];
  readonly #running: Promise<void>[];
  readonly #key: string;
  readonly #url: () => string;
  #stopped = false;
  #answers = 0;

  constructor(url: () => string, key: string) {
    this.#url = url;
    this.#key = key;
    this.#running = callers.map((stream) => this.#callAgainAndAgain(stream));
  }

  /** Until answers arrive that were asked for after now. */
  async untilAnswering(): Promise<void> {
    const wanted = this.#answers + callers.length + 1;
    for (let waitedMs = 0; this.#answers < wanted; waitedMs += 20) {
      if (waitedMs > mostWaitMs) throw new Error(`no answer for ${mostWaitMs / 1000} s`);
      await sleep(20);
    }
  }

  async stop(): Promise<Heard> {
    this.#stopped = true;
    await Promise.all(this.#running);
    return { endings: this.#endings, torn: this.#torn };
  }

  async #callAgainAndAgain(stream: boolean): Promise<void> {
    while (!this.#stopped) {
      const answered = await this.#call(stream).catch(() => false); // a cut connection is what this run makes
      if (!answered) await sleep(pauseMs);
    }
  }

  async #call(stream: boolean): Promise<boolean> {
    const response = await fetch(`${this.#url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'kulning-triage',
        stream,
        max_tokens: 8,
        messages: [{ role: 'user', content: 'Hej! När kommer order 7731?' }],
      }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const receipt = response.headers.get('x-kulning-receipt');
    const ending = endingOf(response.status, stream, text);
    if (ending === undefined || (ending === 'answered' && receipt === null))
      this.#torn.push(text.slice(-200));
    else if (receipt !== null) this.#endings.set(receipt, ending);
    if (ending === 'answered') this.#answers += 1;
    return ending === 'answered';
  }
}

/** undefined: it ended as if all were well, and is not whole. */
function endingOf(status: number, stream: boolean, text: string): Ending | undefined {
  if (status !== 200) return 'error';
  if (!stream) return text.trimEnd().endsWith('}') ? 'answered' : undefined;
  if (text.endsWith('data: [DONE]\n\n')) return 'answered';
  const lastEvent = text.trimEnd().split('\n\n').at(-1) ?? '';
  return /^(event: error\n)?data: \{"error":/.test(lastEvent) ? 'error' : undefined;
}
