import { once } from 'node:events';

import { asSaid, inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import type { EngineCapabilities, EngineSpec } from '../../core/engine/engine.ts';
import { onParentGone } from '../parent-process.ts';
import { createChatServer } from './chat-server.ts';
import type { EngineBackend } from './engine-backend.ts';

/** What a child tells the host. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly capabilities: EngineCapabilities }
  | { readonly type: 'failed'; readonly reason: Localized<string> }
  /** One answer failed and the engine goes on. The kind of error alone: its message may quote content. */
  | { readonly type: 'answer-failed'; readonly error: string }
  | {
      readonly type: 'heartbeat';
      readonly memoryMb: number;
      readonly running: number;
      readonly queued: number;
    };

/** Where a child finds `EngineChildArguments`, as JSON. */
export const ENGINE_VARIABLE = 'KULNING_ENGINE';

export interface EngineChildArguments {
  readonly spec: EngineSpec;
  readonly socketPath: string;
}

/** What the host tells a child: end what runs, take nothing new, exit. */
export interface DrainMessage {
  readonly type: 'drain';
}

export const HEARTBEAT_MS = 1000;

/**
 * The life of an engine child, around the backend that `open` makes. It says that it lives before, while and after
 * the model loads; serves on the socket with mode 0600; drains when told; and dies with its parent, at once and
 * without clean-up, so that it cannot remove the socket of a successor.
 */
export async function runEngineChild<Kind extends EngineSpec['kind']>(
  kind: Kind,
  open: (spec: Extract<EngineSpec, { kind: Kind }>) => Promise<EngineBackend>,
): Promise<void> {
  const { spec, socketPath } = childArguments(kind);
  let load = () => ({ running: 0, queued: 0 });
  dieWithHost();
  const beat = () =>
    tell({ type: 'heartbeat', memoryMb: Math.round(process.memoryUsage.rss() / 2 ** 20), ...load() });
  beat();
  setInterval(beat, HEARTBEAT_MS);
  try {
    const backend = await open(spec);
    const chat = createChatServer(backend, (error) =>
      tell({ type: 'answer-failed', error: error instanceof Error ? error.name : typeof error }),
    );
    load = chat.load;
    process.umask(0o177);
    chat.server.listen(socketPath);
    await once(chat.server, 'listening');
    const drain = () => {
      chat.server.close(() => process.exit(0));
      setInterval(() => chat.server.closeIdleConnections(), 50); // A kept connection is idle once its answer ended.
    };
    process.on('message', (message: DrainMessage) => {
      if (message.type === 'drain') drain();
    });
    tell({ type: 'ready', capabilities: backend.capabilities });
  } catch (error) {
    process.exitCode = 1;
    process.send?.({ type: 'failed', reason: reasonOf(error) } satisfies ChildMessage, () => process.exit());
  }
}

function reasonOf(error: unknown): Localized<string> {
  if (error instanceof KulningError) return inEachLanguage((language) => error.text[language].message);
  return asSaid(error instanceof Error ? error.message : String(error));
}

/** At once and without clean-up. Signals that were sent to the whole group change nothing: the host decides. */
export function dieWithHost(before: () => void = () => undefined): void {
  onParentGone(() => {
    before();
    process.kill(process.pid, 'SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
}

/**
 * The host passes the specification and the socket in the environment, which only the same user can read: it may hold
 * a key. Both are the host's own, so they are not parsed again.
 */
export function childArguments<Kind extends EngineSpec['kind']>(kind: Kind) {
  const given = process.env[ENGINE_VARIABLE];
  if (given === undefined || process.send === undefined)
    throw new Error('this program is started by the engine host');
  const { spec, socketPath } = JSON.parse(given) as EngineChildArguments;
  if (spec.kind !== kind) throw new Error(`this program serves ${kind}, not ${spec.kind}`);
  return { spec: spec as Extract<EngineSpec, { kind: Kind }>, socketPath };
}

export function tell(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
