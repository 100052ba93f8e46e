import {
  childArguments,
  dieWithHost,
  HEARTBEAT_MS,
  tell,
  type DrainMessage,
} from '../../../platform/engine-host/engine-child.ts';
import { LlamaServerProcess } from './llama-server-process.ts';

/** Speaks for a llama-server to the engine host: it lives, is ready, how busy it is, and that it ended. */
const { spec, socketPath } = childArguments('llama-server');
const server = new LlamaServerProcess(spec, socketPath);
dieWithHost(() => server.kill());
let draining = false;

const beat = async () => {
  const load = await server.load();
  const { running, queued } = load ?? { running: 0, queued: 0 };
  tell({ type: 'heartbeat', memoryMb: await server.memoryMb(), running, queued });
};
process.on('message', (message: DrainMessage) => {
  if (message.type !== 'drain') return;
  draining = true;
  void server.drain();
});
void endWithServer();
void beat();
setInterval(() => void beat(), HEARTBEAT_MS);
tell({ type: 'ready', capabilities: await server.ready() });

async function endWithServer(): Promise<void> {
  const reason = await server.ended;
  if (draining) process.exit(0);
  process.send?.({ type: 'failed', reason }, () => process.exit(1));
}
