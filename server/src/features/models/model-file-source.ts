import { basename, resolve } from 'node:path';

import { KulningError, type Language, type ModelAddition } from '@kulning/sdk';

import type { EngineKind, Serves } from '../../core/engine/engine.ts';
import { servesOf, type ModelFileHead } from '../../core/engine/model-file.ts';
import { termsOf } from './catalogue.ts';
import { engineWords } from './engine-words.ts';
import type { ModelsContext } from './model-context.ts';
import { modelErrorWords } from './model-error-words.ts';
import { fitOf, requireMemory } from './model-fit.ts';
import type { ExaminedSource } from './model-source.ts';
import { contextFor, licenceOf, misplaced, nameFrom } from './model.ts';

const USUAL_SLOTS = 2;

/** A GGUF file of this machine, with its adapters. @throws KulningError that says what is wrong with it */
export async function examineFile(
  context: ModelsContext,
  addition: ModelAddition,
  signal: AbortSignal,
): Promise<ExaminedSource> {
  const { modelPath, engineKind, loaded, serves, lora, settings } = await plannedFile(context, addition);
  await requireMemory(context, loaded, settings);
  const facts = await context.inspectModelFile(modelPath, signal, { serves, lora });
  const { parameters, sizeBytes, cacheBytesPerToken, vocabularyTokens, embeddingWidth } = facts;
  const names = [addition.name, facts.name, basename(modelPath)];
  return {
    name: addition.name ?? nameFrom(facts.name ?? basename(modelPath).replace(/\.gguf$/iu, '')),
    version: {
      digest: facts.digest,
      format: 'gguf',
      architecture: facts.architecture,
      parameters,
      sizeBytes,
      contextTokens: facts.contextTokens,
      licence: licenceOf(addition.licence, facts, termsOf(context.catalogue, names)),
      card: serves === 'chat' ? { tools: facts.tools } : { serves },
    },
    engineKind,
    engineConfig: context.engines[engineKind].parseConfig({
      modelPath,
      ...settings,
      serves,
      lora: lora.map((each, index) => ({ ...each, digest: facts.loraDigests[index] })),
      parameters,
      sizeBytes,
      cacheBytesPerToken,
      vocabularyTokens,
      embeddingWidth,
    }),
  };
}

/** What a file would need here, by its header alone: nothing is loaded. */
export async function fileFit(context: ModelsContext, addition: ModelAddition, language: Language) {
  const { loaded, serves, settings } = await plannedFile(context, addition);
  const { need, machine, problem } = await fitOf(context, loaded, settings);
  const { contextTokens, slots } = settings;
  const mostContextTokens = loaded.contextTokens;
  return {
    serves,
    contextTokens,
    mostContextTokens,
    slots,
    need,
    machine,
    problem: problem?.[language] ?? null,
  };
}

/** What an addition of a file comes to. */
async function plannedFile(context: ModelsContext, addition: ModelAddition) {
  if (addition.apiKey !== undefined) throw misplaced('apiKey', modelErrorWords.fileNeedsNoKey);
  if (addition.engineModel !== undefined) throw misplaced('engineModel', modelErrorWords.fileHoldsOneModel);
  const modelPath = resolve(addition.source);
  const engineKind = engineOf(context, addition);
  const head = await context.readModelHead(modelPath);
  const serves = servesFor(addition.serves, head);
  const lora = await loraOf(context, addition, head, engineKind, serves);
  const settings = {
    contextTokens: contextFor(addition.contextTokens, head.contextTokens),
    slots: addition.slots ?? USUAL_SLOTS,
    cache: addition.cache ?? 'f16',
  } as const;
  return {
    modelPath,
    engineKind,
    loaded: { ...head, sizeBytes: withLora(head, lora) },
    serves,
    lora,
    settings,
  };
}

function engineOf({ llamaServer }: ModelsContext, { engine }: ModelAddition): 'llama' | 'llama-server' {
  const kind = engine ?? (llamaServer === undefined ? 'llama' : 'llama-server');
  if (kind === 'llama-server' && llamaServer === undefined)
    throw new KulningError({
      code: 'engine.binary_missing',
      status: 409,
      text: engineWords.llamaServerMissing,
      path: 'engine',
    });
  return kind;
}

function servesFor(asked: Serves | undefined, head: ModelFileHead): Serves {
  const made = servesOf(head);
  if (asked !== undefined && asked !== made)
    throw misplaced('serves', modelErrorWords.servesOther(asked, made));
  return made;
}

/** Each is looked at as a model is: its header now, all of it when it is loaded with the model. */
async function loraOf(
  context: ModelsContext,
  { lora = [] }: ModelAddition,
  { architecture }: ModelFileHead,
  engineKind: EngineKind,
  serves: Serves,
) {
  if (lora.length > 0 && serves !== 'chat' && engineKind === 'llama')
    throw misplaced('lora', modelErrorWords.loraChatOnly);
  return Promise.all(
    lora.map(async ({ path: given, scale }, index) => {
      const path = resolve(given);
      const at = `lora.${index}.path`;
      if (/[,:]/u.test(path)) throw misplaced(at, modelErrorWords.loraPath);
      const adapter = await context.readAdapterHead(path);
      if (adapter.architecture !== architecture)
        throw misplaced(at, modelErrorWords.loraOther(adapter.architecture, architecture));
      return { path, scale, sizeBytes: adapter.sizeBytes };
    }),
  );
}

const withLora = ({ sizeBytes }: ModelFileHead, lora: readonly { readonly sizeBytes: number }[]): number =>
  lora.reduce((sum, each) => sum + each.sizeBytes, sizeBytes);
