import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import {
  chooseLanguage,
  inEachLanguage,
  KulningError,
  languages,
  type Localized,
  problemWords,
} from '@kulning/sdk';
import { parse } from 'yaml';
import { z } from 'zod';

import { configWords, settingWords } from './config-words.ts';
import { nearestNames } from './core/engine/nearest-name.ts';
import { siteConfigSchema } from './features/sites/index.ts';
import { issueSentence } from './platform/issue-words.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * Every setting of Kulning. Defaults < kulning.yaml < environment: `gateway.port` in the file is
 * `KULNING_GATEWAY_PORT` outside it. A setting marked secret is never printed.
 */
const configSchema = z.strictObject({
  home: z.string().min(1).default('.kulning'),
  keys: z.string().min(1).optional(),
  site: z.string().min(1).default('this-machine'),
  language: z.enum(languages),
  database: z
    .strictObject({
      url: z.string().optional().meta({ secret: true }),
      poolSize: z.coerce.number().int().min(2).max(200).default(10),
    })
    .prefault({}),
  control: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8470),
      publicUrl: z.url().optional(),
      maxBodyBytes: z.coerce
        .number()
        .int()
        .min(1024)
        .default(4 * 2 ** 20),
    })
    .prefault({}),
  gateway: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8471),
      maxBodyBytes: z.coerce
        .number()
        .int()
        .min(1024)
        .default(32 * 2 ** 20),
      maxFileBytes: z.coerce
        .number()
        .int()
        .min(1024)
        .default(512 * 2 ** 20),
      spoolBytes: z.coerce
        .number()
        .int()
        .min(2 ** 20)
        .default(256 * 2 ** 20),
    })
    .prefault({}),
  worker: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(0),
    })
    .prefault({}),
  outbound: z
    .strictObject({
      allowedHosts: z.array(z.string()).default([]),
    })
    .prefault({}),
  engines: z
    .strictObject({
      llamaServer: z
        .strictObject({
          binary: z.string().min(1).optional(),
        })
        .prefault({}),
    })
    .prefault({}),
  models: z
    .strictObject({
      hub: z.url().default('https://huggingface.co'),
      maxFileBytes: z.coerce
        .number()
        .int()
        .min(2 ** 20)
        .default(500e9),
    })
    .prefault({}),
  backup: z
    .strictObject({
      folder: z.string().min(1).optional(),
      keepDays: z.coerce.number().int().min(1).optional(),
    })
    .prefault({}),
  usage: z
    .strictObject({
      keepDays: z.coerce.number().int().min(32).default(400),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      endpoint: z.url({ protocol: /^https?$/u }).optional(),
      authorization: z.string().min(1).optional().meta({ secret: true }),
      sampleRatio: z.coerce.number().min(0).max(1).default(1),
      timeoutMs: z.coerce.number().int().min(100).max(60_000).default(10_000),
      queueSpans: z.coerce.number().int().min(1).max(1_000_000).default(16_384),
    })
    .prefault({}),
  sites: z.array(siteConfigSchema).default([]),
});

type Settings = z.output<typeof configSchema>;

type PathsOf<T, Before extends string = ''> = {
  [Name in keyof T & string]-?: NonNullable<T[Name]> extends readonly unknown[] | string | number
    ? `${Before}${Name}`
    : PathsOf<NonNullable<T[Name]>, `${Before}${Name}.`>;
}[keyof T & string];

/** `gateway.port` and the like. */
export type SettingPath = PathsOf<Settings>;

/** The settings, with every folder as an absolute path. */
export type Config = Settings & {
  readonly keys: string;
  readonly backup: Settings['backup'] & { readonly folder: string };
};

export interface ConfigEntry {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
  readonly secret: boolean;
  readonly description: Localized<string>;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly entries: readonly ConfigEntry[];
}

interface Leaf {
  readonly path: SettingPath;
  readonly variable: string;
  readonly description: Localized<string>;
  readonly secret: boolean;
  readonly list: boolean;
}

/**
 * Reads the settings of a process.
 * @throws KulningError `config.unknown_key`, `config.invalid_value`, `config.unreadable`, each with the path of the setting.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): LoadedConfig {
  const leaves = leavesOf(configSchema);
  const file = resolve(workingDirectory, environment.KULNING_CONFIG ?? 'kulning.yaml');
  const fromFile = readConfigFile(file, environment.KULNING_CONFIG !== undefined);
  const values = structuredClone(fromFile);
  const origins = new Map<string, string>();
  for (const leaf of leaves) if (valueAt(fromFile, leaf.path) !== undefined) origins.set(leaf.path, file);
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('KULNING_') || variable === 'KULNING_CONFIG' || text === undefined) continue;
    const leaf = leaves.find((candidate) => candidate.variable === variable);
    if (!leaf)
      throw unknownKey(
        variable,
        leaves.map((candidate) => candidate.variable),
      );
    setAt(values, leaf.path, leaf.list ? text.split(',').map((item) => item.trim()) : text);
    origins.set(leaf.path, variable);
  }
  values.language ??= chooseLanguage(undefined, environment);
  const config = parseConfig(values, leaves);
  config.home = resolve(workingDirectory, config.home);
  config.keys = resolve(workingDirectory, config.keys ?? `${config.home}-keys`);
  if (`${config.keys}/`.startsWith(`${config.home}/`)) {
    throw new KulningError({
      code: 'config.invalid_value',
      status: 400,
      path: 'keys',
      text: configWords.keysInside(config.keys, config.home),
    });
  }
  config.backup.folder = resolve(workingDirectory, config.backup.folder ?? join(config.home, 'backups'));
  const entries = leaves.map((leaf) => ({
    path: leaf.path,
    value: valueAt(config, leaf.path),
    origin: origins.get(leaf.path) ?? 'default',
    secret: leaf.secret,
    description: leaf.description,
  }));
  return { config: config as Config, entries };
}

function readConfigFile(file: string, asked: boolean): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (!asked && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new KulningError({
      code: 'config.unreadable',
      status: 400,
      text: configWords.unreadable(file),
      cause,
    });
  }
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    const where = cause instanceof Error ? cause.message.split('\n')[0] : '';
    throw new KulningError({
      code: 'config.unreadable',
      status: 400,
      text: configWords.notYaml(file, where ?? ''),
      cause,
    });
  }
}

function parseConfig(
  values: Record<string, unknown>,
  leaves: readonly Leaf[],
): z.output<typeof configSchema> {
  const parsed = configSchema.safeParse(values, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const prefix = path === '' ? '' : `${path}.`;
    throw unknownKey(
      `${prefix}${issue.keys[0] ?? ''}`,
      leaves.map((leaf) => leaf.path),
    );
  }
  const description = leaves.find((leaf) => leaf.path === path)?.description;
  const sentence = issueSentence(issue, path, Object.values(problemWords));
  throw new KulningError({
    code: 'config.invalid_value',
    status: 400,
    path,
    text: inEachLanguage((language) => ({
      message: sentence[language],
      hint: description && configWords.isSetting(path, description[language])[language],
    })),
    cause: parsed.error,
  });
}

function unknownKey(name: string, known: readonly string[]): KulningError {
  const [nearest] = nearestNames(name, known);
  return new KulningError({
    code: 'config.unknown_key',
    status: 400,
    path: name,
    text: nearest ? configWords.unknownKeyNear(name, nearest) : configWords.unknownKey(name),
  });
}

function leavesOf(schema: z.ZodType, path: readonly string[] = []): Leaf[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, child]) =>
      leavesOf(child as z.ZodType, [...path, name]),
    );
  }
  const meta = z.globalRegistry.get(schema) ?? {};
  const name = path.join('.') as SettingPath;
  return [
    {
      path: name,
      variable: `KULNING_${path.map((part) => part.replaceAll(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`,
      description: settingWords[name],
      secret: meta.secret === true,
      list: inner instanceof z.ZodArray,
    },
  ];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, name) =>
        typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined,
      tree,
    );
}

function setAt(tree: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let node = tree;
  for (const name of names) node = (node[name] ??= {}) as Record<string, unknown>;
  node[last] = value;
}
