import type { Words } from '../policy/rule.ts';
import type { EngineLoad } from './load-signal.ts';
import type { CacheType } from './model-memory.ts';

/**
 * What serves a model. `llama` (llama.cpp within a child of ours), `llama-server` (its own server, supervised) and
 * `scripted` run on this machine under the engine host; `openai-http` is somebody else's server.
 */
export type EngineKind = 'llama' | 'llama-server' | 'openai-http' | 'scripted';

/** Where an engine listens. Every engine speaks OpenAI bytes over HTTP; children do so on a unix socket of mode 0600. */
type EngineOrigin = { readonly url: string } | { readonly socketPath: string };

/** All that dispatch needs to send bytes to an engine. Held in memory only: it may carry an opened secret. */
export interface EngineEndpoint {
  readonly kind: EngineKind;
  /** `url` is scheme, host and port alone; the path in front of `/chat/completions` is `basePath`. */
  readonly origin: EngineOrigin;
  /** Without a trailing slash: `/v1`. */
  readonly basePath: string;
  /** The name that the engine knows the model by; the gateway writes it into the request's `model`. */
  readonly engineModel: string;
  /** Value of the Authorization header. Never logged, never stored in clear. */
  readonly authorization?: string;
  /** As last heard; absent until the engine was ready once. */
  readonly capabilities?: EngineCapabilities;
}

/** What a model file is deployed for; a child does one of them. */
export type Serves = 'chat' | 'embeddings' | 'rerank';

/** A LoRA adapter beside the weights. */
export interface LoraFile {
  readonly path: string;
  /** 1 as it was trained, 0 not at all. */
  readonly scale: number;
}

export interface LlamaOptions {
  readonly modelPath: string;
  readonly serves: Serves;
  readonly lora: readonly LoraFile[];
  /** Tokens of prompt and answer together, for each request. */
  readonly contextTokens: number;
  /** Requests answered at the same time; each has its own context. */
  readonly slots: number;
  /** Requests that may wait for a slot; one more gets 503 with Retry-After. */
  readonly cache: CacheType;
  readonly queueLimit: number;
  readonly threads: number;
  /** Used when the request names none. */
  readonly temperature: number;
  /** Trained to write tool calls although its template says nothing of tools. */
  readonly knowsTools: boolean;
}

export interface LlamaServerOptions {
  /** The program: the operator's own, or built from the source that came along. */
  readonly binary: string;
  readonly modelPath: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly cache: CacheType;
  readonly threads: number;
  readonly serves: Serves;
  readonly lora: readonly LoraFile[];
  /** Callers must send it; in the child's environment, never on its command line. */
  readonly apiKey: string;
}

export interface ScriptedOptions {
  readonly scriptPath: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly queueLimit: number;
}

interface ChildSpec {
  readonly deploymentId: string;
  /** The name it answers to in `/v1/models`. */
  readonly model: string;
  /** The child is killed and started again above this resident size. */
  readonly memoryLimitMb: number;
}

/** A child process that should exist. Two specs that differ in any field mean a restart. */
export type EngineSpec = ChildSpec &
  (
    | { readonly kind: 'llama'; readonly options: LlamaOptions }
    | { readonly kind: 'llama-server'; readonly options: LlamaServerOptions }
    | { readonly kind: 'scripted'; readonly options: ScriptedOptions }
  );

/**
 * `restarting` waits out a back-off; `crash-loop` gave up until the spec changes or a person resumes it;
 * `unreachable` is a remote server that did not answer its last probe.
 */
export type EnginePhase = 'starting' | 'ready' | 'restarting' | 'crash-loop' | 'unreachable' | 'stopped';

export interface EngineState {
  readonly deploymentId: string;
  readonly kind: EngineKind;
  readonly phase: EnginePhase;
  /** Since when it has been in this phase, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly restarts: number;
  readonly memoryMb?: number;
  readonly running?: number;
  readonly queued?: number;
  /** Said when it became ready. */
  readonly capabilities?: EngineCapabilities;
  /** Why it is not ready, in words for an operator. */
  readonly reason?: Words;
}

/** What an engine may be asked for, one path of the OpenAI API (or of those who follow it) each. */
export const engineAbilities = ['chat', 'completions', 'embeddings', 'rerank', 'fim', 'responses'] as const;

export type EngineAbility = (typeof engineAbilities)[number];

/** `unknown` where neither the engine nor its documentation says it: then the engine itself decides. */
export type Known = boolean | 'unknown';

/**
 * What a deployment can do, as its engine said at the last probe. `tools`: the server's own templates and parsers;
 * ours, with forced calls by grammar; or none, and then a request with tools must be refused, not ignored.
 */
export interface EngineCapabilities extends Readonly<Record<EngineAbility, Known>> {
  readonly tools: 'native' | 'grammar' | 'none' | 'unknown';
  readonly jsonSchema: Known;
  /** Its chat template raises on ids of tool calls that are not nine letters and digits (Mistral's). */
  readonly nineCharacterIds?: boolean | undefined;
  /** Adapters that a request may name. */
  readonly lora: Known;
  /** What the server says it is: `llama.cpp`, `vLLM`, `SGLang`, `Ollama`, `Kulning`. Quirks hang on it. */
  readonly server?: string;
  readonly contextTokens?: number;
  readonly slots?: number;
}

/** An engine that does one thing: `abilitiesOf('chat')`. */
export function abilitiesOf(...able: readonly EngineAbility[]): Record<EngineAbility, boolean> {
  const entries = engineAbilities.map((ability) => [ability, able.includes(ability)]);
  return Object.fromEntries(entries) as Record<EngineAbility, boolean>;
}

/** Mistral's templates raise on ids of tool calls that are not nine letters and digits: by the comparison in their text. */
export function wantsNineCharacterIds(chatTemplate: string): boolean {
  return /length\s*[!=]=\s*9\b/u.test(chatTemplate);
}

/** Nobody said. */
export const unknownAbilities: Readonly<Record<EngineAbility, Known>> = {
  chat: 'unknown',
  completions: 'unknown',
  embeddings: 'unknown',
  rerank: 'unknown',
  fim: 'unknown',
  responses: 'unknown',
};

export interface EngineProbe {
  readonly latencyMs: number;
  readonly models: readonly { readonly id: string; readonly contextTokens?: number }[];
  readonly capabilities: EngineCapabilities;
}

/** A deployment as an adapter sees it: its configuration has the adapter's own shape, parsed by `parseConfig`. */
interface EngineDeployment {
  readonly deploymentId: string;
  readonly model: string;
  readonly config: unknown;
}

/** What a child needs to know of its machine. */
export interface ChildPlace {
  /** The deployment's own key, opened. */
  readonly secret?: string;
  /** The llama-server program, if this machine has one. */
  readonly llamaServer?: string;
}

/**
 * The port of an engine plug-in: one folder under `adapters/engines`, one line in its registry, and
 * `engine-conformance.ts` passes on it. The bytes themselves travel through dispatch, not through here.
 */
export interface EngineAdapter {
  readonly kind: EngineKind;
  /** @throws KulningError `engine.config_invalid` with the path of the wrong field */
  parseConfig(value: unknown): unknown;
  endpoint(
    deployment: EngineDeployment,
    place: { readonly runDir: string; readonly secret?: string },
  ): EngineEndpoint;
  /** The child to run, for engines that are children of this machine. */
  child(deployment: EngineDeployment, place?: ChildPlace): EngineSpec | undefined;
  /** @throws KulningError `engine.unreachable`, `engine.unauthorized` or `engine.not_openai` with a remedy */
  probe(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineProbe>;
  /** Undefined where the engine does not say it. @throws KulningError `engine.unreachable` */
  load(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineLoad | undefined>;
}

/**
 * The socket of a child, in a directory of mode 0700. Named after the random end of the id, because the path of a
 * socket may have 107 bytes in all.
 */
export function engineSocketPath(runDir: string, deploymentId: string): string {
  return `${runDir}/engine-${deploymentId.slice(-12)}.sock`;
}
