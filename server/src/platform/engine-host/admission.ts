import { OpenAiError } from '../../core/engine/openai-error.ts';
import { chatWords } from './chat-words.ts';

/** A fixed number of slots and a bounded queue in front of them. */
export interface Admission {
  readonly running: number;
  readonly queued: number;
  /**
   * Resolves to the slot's number when it is this caller's turn, in order of arrival.
   * @throws OpenAiError 503 with Retry-After when the queue is full; the signal's reason when it aborts
   */
  enter(signal: AbortSignal): Promise<number>;
  leave(slot: number): void;
}

interface Waiting {
  readonly admit: (slot: number) => void;
}

/** @param expectedSeconds how long a slot is typically held; decides what Retry-After says */
export function createAdmission(slots: number, queueLimit: number, expectedSeconds: () => number): Admission {
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const queue = new Set<Waiting>();

  const full = () =>
    new OpenAiError(503, chatWords.busy(slots, queue.size), {
      code: 'engine_overloaded',
      retryAfter: Math.max(1, Math.ceil(((queue.size + 1) * expectedSeconds()) / slots)),
    });

  return {
    get running() {
      return slots - free.length;
    },
    get queued() {
      return queue.size;
    },
    async enter(signal) {
      signal.throwIfAborted();
      const slot = free.shift();
      if (slot !== undefined) return slot;
      if (queue.size >= queueLimit) throw full();
      return new Promise<number>((resolve, reject) => {
        const abort = () => {
          queue.delete(waiting);
          reject(signal.reason as Error);
        };
        const waiting: Waiting = {
          admit(given) {
            signal.removeEventListener('abort', abort);
            resolve(given);
          },
        };
        queue.add(waiting);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    leave(slot) {
      const [next] = queue;
      if (next === undefined) {
        free.push(slot);
        return;
      }
      queue.delete(next);
      next.admit(slot);
    },
  };
}
