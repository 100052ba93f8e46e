import type { KulningError } from '@kulning/sdk';
import { z } from 'zod';

import type { EngineSpec, EngineState } from '../core/engine/engine.ts';

/**
 * What the supervisor and its children tell each other over IPC. Both run the same code of the same folder, so the
 * shapes are checked no further than their kind.
 */
export type FromChild =
  | { readonly ready: true; readonly url: string }
  /** Control: the engine children that this machine should run. */
  | { readonly engines: readonly EngineSpec[] }
  /** Control: who may claim, while nobody has. */
  | { readonly claimToken: string | null; readonly firstStart: boolean }
  /** Why it ends now, so that the person who started it is told the reason and not where to look for it. */
  | { readonly failed: Pick<KulningError, 'code' | 'status' | 'text' | 'retryable'> };

export type ToControl = { readonly engineStates: readonly EngineState[] } | { readonly gatewayUrl: string };

/** What `kulning up` shows once everything runs. */
export const startedMessage = z.object({
  started: z.object({
    consoleUrl: z.string(),
    gatewayUrl: z.string(),
    claimUrl: z.string().nullable(),
    firstStart: z.boolean(),
    home: z.string(),
    logFile: z.string(),
    startMs: z.number(),
  }),
});

/** Started by `kulning up`, or on its own. */
export const isSupervised = process.send !== undefined;

export function tellParent(message: FromChild | z.infer<typeof startedMessage>): void {
  process.send?.(message);
}

/** Resolves when the parent has it: who sends and ends at once would send nothing. */
export function tellParentWhyItEnds({ code, status, text, retryable }: KulningError): Promise<void> {
  const message: FromChild = { failed: { code, status, text, retryable } };
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}
