import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { asSaid, type Localized } from '@kulning/sdk';

import {
  abilitiesOf,
  type EngineCapabilities,
  type EngineEndpoint,
  type EngineSpec,
  type Serves,
} from '../../../core/engine/engine.ts';
import type { EngineLoad } from '../../../core/engine/load-signal.ts';
import { childEnvironment, deathReason } from '../../../platform/engine-host/child-process.ts';
import { getFromEngine } from '../engine-client.ts';
import { llamaServerAdapter } from './llama-server-adapter.ts';

type Spec = Extract<EngineSpec, { kind: 'llama-server' }>;

const PAGE_BYTES = 4096;
/** Of util-linux: the server dies with the process that started it, however that one ends. */
const SETPRIV = '/usr/bin/setpriv';

/** A llama-server on a unix socket, from its start to its end. */
export class LlamaServerProcess {
  readonly #child: ChildProcess;
  #endpoint: EngineEndpoint;
  readonly #socketPath: string;
  readonly #serves: Serves;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<Localized<string>>;
  #over = false;

  constructor(spec: Spec, socketPath: string) {
    const { binary, apiKey } = spec.options;
    const args = argumentsOf(spec, socketPath);
    const [program, all] = existsSync(SETPRIV)
      ? [SETPRIV, ['--pdeathsig', 'KILL', '--', binary, ...args]]
      : [binary, args];
    process.umask(0o177); // Of the socket that it makes.
    this.#child = spawn(program, all, {
      env: { ...childEnvironment(), LLAMA_API_KEY: apiKey },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#socketPath = socketPath;
    this.#serves = spec.options.serves;
    this.#endpoint = {
      kind: 'llama-server',
      origin: { socketPath },
      basePath: '/v1',
      engineModel: spec.model,
      authorization: `Bearer ${apiKey}`,
    };
    this.ended = this.#end();
  }

  /** Resolves when the model is loaded; by then the socket is there. */
  async ready(): Promise<EngineCapabilities> {
    for (;;) {
      if (this.#over) throw new Error((await this.ended).en);
      const up = await this.#healthy();
      if (up) break;
      await delay(100);
    }
    const { capabilities } = await llamaServerAdapter.probe(this.#endpoint, AbortSignal.timeout(10_000));
    return this.#serves === 'chat'
      ? capabilities
      : { ...capabilities, ...abilitiesOf(this.#serves), tools: 'none' };
  }

  /** Undefined when it does not answer. */
  load(): Promise<EngineLoad | undefined> {
    return llamaServerAdapter.load(this.#endpoint, AbortSignal.timeout(5_000)).catch(() => undefined); // It is not there, or too busy to say: the host judges by silence.
  }

  /** Resident memory, weights that are mapped included. */
  async memoryMb(): Promise<number> {
    const statm = await readFile(`/proc/${this.#child.pid}/statm`, 'utf8').catch(() => ''); // It has ended.
    return Math.round((Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES) / 2 ** 20);
  }

  /** Nobody finds it any longer; what it answers already, it answers to the end. It would not by itself. */
  async drain(): Promise<void> {
    const hidden = `${this.#socketPath}.leaving`;
    renameSync(this.#socketPath, hidden);
    this.#endpoint = { ...this.#endpoint, origin: { socketPath: hidden } };
    for (let load = await this.load(); load !== undefined && load.running + load.queued > 0;) {
      await delay(100);
      load = await this.load();
    }
    this.kill();
    await this.ended;
    rmSync(hidden, { force: true });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #healthy(): Promise<boolean> {
    const asked = getFromEngine(this.#endpoint, '/health', AbortSignal.timeout(5_000));
    return asked.then(
      ({ status }) => status === 200,
      () => false, // Not there yet.
    );
  }

  #end(): Promise<Localized<string>> {
    let lastWords = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-8000);
    });
    return new Promise((resolve) => {
      const over = (reason: Localized<string>) => {
        this.#over = true;
        resolve(reason);
      };
      this.#child.once('error', (error) => over(asSaid(error.message)));
      this.#child.once('close', (code, signal) => over(deathReason(lastWords, code, signal)));
    });
  }
}

/** No web page, no download, no prompt on disk; one thread pool, so many slots of a context each. */
function argumentsOf({ model, options }: Spec, socketPath: string): string[] {
  const { modelPath, contextTokens, slots, cache, threads, serves, lora } = options;
  // Between two batches it notices that a caller left; a text that is pooled must be one batch.
  const batch = String(serves === 'chat' ? 256 : Math.max(256, contextTokens));
  const values: Readonly<Record<string, string | undefined>> = {
    host: socketPath,
    model: modelPath,
    alias: model,
    'ctx-size': String(contextTokens * slots),
    parallel: String(slots),
    fit: 'off',
    threads: String(threads),
    // Each open request holds one, those that wait for a slot too: without room beside them /metrics would not answer.
    'threads-http': String(slots + 32),
    'batch-size': batch,
    'ubatch-size': batch,
    'cache-ram': '0',
    'flash-attn': cache === 'f16' ? undefined : 'on',
    'cache-type-k': cache === 'f16' ? undefined : cache,
    'cache-type-v': cache === 'f16' ? undefined : cache,
    'lora-scaled': lora.map(({ path, scale }) => `${path}:${scale}`).join(',') || undefined,
  };
  // A warm cache would show one caller, in time and in `cached_tokens`, what another asked before.
  const flags = ['--no-ui', '--offline', '--metrics', '--slots', '--jinja', '--no-cache-prompt'];
  if (serves === 'embeddings') flags.push('--embeddings');
  if (serves === 'rerank') flags.push('--reranking');
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return [...given, ...flags];
}
