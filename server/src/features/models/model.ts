import { KulningError, type Localized, type ModelLicence, type Notice } from '@kulning/sdk';

import type { EngineKind, LoraFile, Serves } from '../../core/engine/engine.ts';
import type { ModelFileFacts } from '../../core/engine/model-file.ts';
import { nearestNames } from '../../core/engine/nearest-name.ts';
import { modelErrorWords } from './model-error-words.ts';

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly origin: 'shipped' | 'added';
  readonly createdAt: Date;
}

export interface ModelVersion {
  readonly id: string;
  readonly modelId: string;
  readonly digest: string | null;
  readonly format: 'gguf' | 'remote' | 'scripted';
  readonly architecture: string | null;
  readonly parameters: number | null;
  readonly sizeBytes: number | null;
  readonly contextTokens: number | null;
  readonly licence: ModelLicence;
  readonly card: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface Deployment {
  readonly id: string;
  readonly modelId: string;
  readonly model: string;
  readonly versionId: string;
  readonly siteId: string;
  readonly engineKind: EngineKind;
  readonly engineConfig: unknown;
  readonly sealedKey: string | null;
  readonly desired: 'running' | 'paused';
  readonly createdAt: Date;
}

/** Below this a model has no general knowledge of language; whoever sees it must be told. */
const TOY_BELOW_PARAMETERS = 50_000_000;
/** Context that a file gets when nobody asked for another: room for a long mail, memory for a laptop. */
const USUAL_CONTEXT_TOKENS = 8192;

export function toyOf(version: Pick<ModelVersion, 'parameters'>): { parameters: number } | null {
  const { parameters } = version;
  return parameters !== null && parameters < TOY_BELOW_PARAMETERS ? { parameters } : null;
}

/** A name that callers can type, from what a file or server calls itself: `Mistral-Small 3.2 (24B)` → `mistral-small-3.2-24b`. */
export function nameFrom(source: string): string {
  return source
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/gu, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/gu, '')
    .slice(0, 80);
}

/**
 * What the operator says goes first: there may be a contract. Then the terms of a known model, where they restrict
 * its use: files seldom spell them out. What nobody says is unknown, and policy sees that.
 */
export function licenceOf(
  said: Omit<ModelLicence, 'source'> | undefined,
  file: Pick<ModelFileFacts, 'licence' | 'licenceLink'> | undefined,
  terms?: ModelLicence,
): ModelLicence {
  if (said !== undefined) return { ...said, source: 'operator' };
  const restricts = terms?.nonCommercial === true || terms?.revenueCapEurPerMonth !== undefined;
  if (terms !== undefined && (restricts || file?.licence === undefined)) return terms;
  if (file?.licence === undefined) return { id: 'unknown', source: 'unknown' };
  return {
    id: file.licence.slice(0, 200),
    source: 'gguf',
    ...(file.licenceLink !== undefined && { link: file.licenceLink.slice(0, 2000) }),
  };
}

/** @throws KulningError `model.context_too_large` for more than the model was trained to see */
export function contextFor(asked: number | undefined, trainedTokens: number): number {
  if (asked === undefined) return Math.min(USUAL_CONTEXT_TOKENS, trainedTokens);
  if (asked <= trainedTokens) return asked;
  throw new KulningError({
    code: 'model.context_too_large',
    status: 400,
    text: modelErrorWords.contextTooLarge(trainedTokens, asked),
    path: 'contextTokens',
  });
}

export function misplaced(path: string, text: Localized<Notice>): KulningError {
  return new KulningError({ code: 'model.addition_invalid', status: 400, text, path });
}

/** @throws always */
export function unknownModel(wanted: string, names: readonly string[]): never {
  const near = nearestNames(wanted, names);
  throw new KulningError({
    code: 'model.unknown',
    status: 404,
    text:
      near.length > 0
        ? modelErrorWords.unknownButNear(wanted, near.join(', '))
        : modelErrorWords.unknown(wanted),
  });
}

/**
 * Deployments on this machine that differ in their site alone share one engine: a simulated site is this machine
 * under another name, and two copies of the same weights would only cost memory.
 * @returns for each deployment the one whose engine serves it; the oldest of those alike
 */
export function engineLeaders(deployments: readonly Deployment[]): Map<string, string> {
  const leaders = new Map<string, string>();
  const byEngine = new Map<string, string>();
  for (const { id, model, engineKind, engineConfig } of deployments) {
    const engine = JSON.stringify([model, engineKind, engineConfig]);
    const leader = byEngine.get(engine) ?? id;
    byEngine.set(engine, leader);
    leaders.set(id, leader);
  }
  return leaders;
}

/** A LoRA adapter as it was deployed: which file, how strongly, and what it was. */
export interface DeployedLora {
  readonly path: string;
  readonly scale: number;
  readonly digest: string;
}

/** What a deployment of a file does, and with which adapters; of a server only it itself knows. */
export function useOf({ engineKind, engineConfig }: Pick<Deployment, 'engineKind' | 'engineConfig'>): {
  readonly serves: Serves | null;
  readonly lora: readonly DeployedLora[];
} {
  const config = (engineConfig ?? {}) as {
    readonly serves?: Serves;
    readonly lora?: readonly (LoraFile & { readonly digest?: string })[];
  };
  return {
    serves: engineKind === 'openai-http' ? null : (config.serves ?? 'chat'),
    lora: (config.lora ?? []).map(({ path, scale, digest = '' }) => ({ path, scale, digest })),
  };
}

/** The file that an engine on this machine reads. */
export function pathOf({ engineConfig }: Pick<Deployment, 'engineConfig'>): string | undefined {
  const config = (engineConfig ?? {}) as { readonly modelPath?: string };
  return config.modelPath;
}
