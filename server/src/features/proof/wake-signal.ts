/** A bell that a loop waits for. A ring while nobody waits is kept, however many there were. */
export interface WakeSignal {
  ring(): void;
  /** Resolves at the next ring, or after this many milliseconds. */
  wait(timeoutMs: number): Promise<void>;
}

export function createWakeSignal(): WakeSignal {
  let rung = false;
  let waiting: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      waiting?.();
    },
    async wait(timeoutMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          waiting = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      waiting = undefined;
      rung = false;
    },
  };
}
