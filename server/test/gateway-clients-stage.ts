import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { fixtureGguf } from '../../tools/fixture-gguf.ts';
import { engineAdapters, enginePrograms } from '../src/adapters/engines/index.ts';
import {
  type ChildPlace,
  type EngineCapabilities,
  type EngineEndpoint,
  type EngineSpec,
  unknownAbilities,
} from '../src/core/engine/engine.ts';
import { createEngineHost } from '../src/platform/engine-host/engine-host.ts';
import { type Logger, silentLogger } from '../src/platform/log/logger.ts';
import { type RemoteEngine, startRemoteEngine } from './gateway-clients-remote.ts';
import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';

type ChildModel = 'scripted' | 'llama' | 'llama-server';

/** Models that clients of the tests ask for, each at an engine of another kind. */
export interface ClientsStage extends Stage {
  readonly apiKey: string;
  readonly remote: RemoteEngine;
  /** Kills the child that serves the model, at once. */
  kill(model: ChildModel): void;
  /** Until the child is back. */
  revived(model: ChildModel): Promise<void>;
}

const script = {
  rules: [
    { match: 'forever', text: 'on and on ', endless: true, delayMsPerToken: 2 },
    { match: 'slowly', text: 'at last', delayMsPerToken: 500 },
    {
      match: 'use your tools',
      toolCalls: [
        { name: 'weather', arguments: { city: 'Borlänge', days: 2 } },
        { name: 'time', arguments: { city: 'Borlänge', days: 2 } },
      ],
    },
    { text: 'Kulning brings the herd home.' },
  ],
};
const limits = { contextTokens: 1024, slots: 2, queueLimit: 1 };

/**
 * One gateway in front of engines of all kinds: `scripted` and `llama` are real children (the second a real model of
 * random weights with a template in Mistral's manner), `remote` is a server as others run them.
 * @param llamaServer a real program of that name: then the same weights are also served by it, as `llama-server`
 */
export async function startClientsStage(llamaServer?: string): Promise<ClientsStage> {
  const { endpoints, kill, revived, close } = await startChildren(llamaServer);
  const remote = await startRemoteEngine();
  const engines = { ...endpoints, remote: remoteEndpoint(remote.url) };
  const stage = await startStage(
    snapshotOf(
      Object.entries(engines).map(([id, endpoint]) => {
        const { capabilities } = endpoint;
        return { deployment: deployment({ id, model: id, ...(capabilities && { capabilities }) }), endpoint };
      }),
    ),
  );
  return {
    ...stage,
    apiKey: secrets.internal,
    remote,
    kill,
    revived,
    async close() {
      await stage.close();
      await remote.close();
      await close();
    },
  };
}

async function startChildren(llamaServer: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'kulning-clients-'));
  const scriptPath = join(folder, 'script.json');
  writeFileSync(scriptPath, JSON.stringify(script));
  const modelPath = fixtureGguf({ template: 'mistral' });
  const facts = { modelPath, parameters: 1, sizeBytes: 1, cacheBytesPerToken: 0 };
  const { contextTokens, slots } = limits;
  const children = [
    childOf('scripted', { scriptPath, ...limits }),
    childOf('llama', { ...facts, ...limits }),
    ...(llamaServer === undefined
      ? []
      : [
          childOf(
            'llama-server',
            { ...facts, modelPath: fixtureGguf({ callToken: true }), contextTokens, slots },
            { llamaServer, secret: 'sk-of-this-child' },
          ),
        ]),
  ];
  const pids = new Map<string, number>();
  const log: Logger = {
    ...silentLogger,
    info: (event, fields) => {
      if (event === 'engine.started') pids.set(String(fields?.['deployment']), Number(fields?.['pid']));
    },
  };
  const timing = { firstBackoffMs: 20 };
  const host = createEngineHost({ runDir: folder, programs: enginePrograms, log, timing });
  host.apply(children.map(({ spec }) => spec));
  const isReady = (id: string) =>
    host.states().some(({ deploymentId, phase }) => deploymentId === id && phase === 'ready');
  const ready = async (id: string) => {
    while (!isReady(id)) await sleep(20);
  };
  await Promise.all(children.map(({ spec }) => ready(spec.kind)));
  const reached = children.map(
    async ({ spec, at }) => [spec.kind, await withCapabilities(at(folder))] as const,
  );
  return {
    endpoints: Object.fromEntries(await Promise.all(reached)),
    kill(model: string) {
      const pid = pids.get(model);
      if (pid === undefined) throw new Error(`${model} was never started`);
      process.kill(pid, 'SIGKILL');
    },
    async revived(model: string) {
      while (isReady(model)) await sleep(5);
      await ready(model);
    },
    async close() {
      await host.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function childOf(kind: EngineSpec['kind'], config: object, place: ChildPlace = {}) {
  const adapter = engineAdapters[kind];
  const given = { deploymentId: kind, model: kind, config: adapter.parseConfig(config) };
  const spec = adapter.child(given, place);
  if (!spec) throw new Error(`${kind} is no child`);
  return { spec, at: (runDir: string) => adapter.endpoint(given, { runDir, ...place }) };
}

/** As the engine says of itself. */
async function withCapabilities(endpoint: EngineEndpoint): Promise<EngineEndpoint> {
  const { capabilities } = await engineAdapters[endpoint.kind].probe(endpoint, AbortSignal.timeout(10_000));
  return { ...endpoint, capabilities };
}

function remoteEndpoint(url: string): EngineEndpoint {
  const capabilities: EngineCapabilities = {
    ...unknownAbilities,
    chat: true,
    completions: true,
    embeddings: true,
    tools: 'native',
    jsonSchema: true,
    nineCharacterIds: true,
    lora: 'unknown',
    server: 'llama.cpp',
  };
  return { ...httpEndpoint(url), capabilities };
}
