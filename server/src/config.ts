import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { KulningError } from '@kulning/sdk';
import { parse } from 'yaml';
import { z } from 'zod';

import { nearestNames } from './core/engine/nearest-name.ts';
import { siteConfigSchema } from './features/sites/index.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * Every setting of Kulning. Defaults < kulning.yaml < environment: `gateway.port` in the file is
 * `KULNING_GATEWAY_PORT` outside it. A setting marked secret is never printed.
 */
const configSchema = z.strictObject({
  home: z.string().min(1).default('.kulning').describe('State: database, sockets, spool, blobs, logs'),
  keys: z.string().min(1).optional().describe('Encryption and signing keys; must lie outside home'),
  site: z
    .string()
    .min(1)
    .default('this-machine')
    .describe('The site that the processes of this machine stand in'),
  language: z
    .enum(['en', 'fr', 'sv'])
    .default('en')
    .describe('Language of messages where nobody has chosen one'),
  database: z
    .strictObject({
      url: z
        .string()
        .optional()
        .meta({ description: 'Your PostgreSQL 15+; without it Kulning runs its own', secret: true }),
      poolSize: z.coerce.number().int().min(2).max(200).default(10).describe('Connections per process'),
    })
    .prefault({}),
  control: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address of the admin API and the console'),
      port: port.default(8470).describe('Port of the admin API and the console'),
      publicUrl: z.url().optional().describe('How browsers reach the console, when not at host and port'),
      maxBodyBytes: z.coerce
        .number()
        .int()
        .min(1024)
        .default(4 * 2 ** 20)
        .describe('Largest request to the admin API'),
    })
    .prefault({}),
  gateway: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address of the OpenAI-compatible API'),
      port: port.default(8471).describe('Port of the OpenAI-compatible API'),
      maxBodyBytes: z.coerce
        .number()
        .int()
        .min(1024)
        .default(32 * 2 ** 20)
        .describe('Largest inference request'),
      spoolBytes: z.coerce
        .number()
        .int()
        .min(2 ** 20)
        .default(256 * 2 ** 20)
        .describe('Disk reserved for calls not yet in the database'),
    })
    .prefault({}),
  worker: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address of a worker’s /healthz, /readyz and /metrics'),
      port: port.default(0).describe('Port of a worker’s /healthz, /readyz and /metrics; 0 picks a free one'),
    })
    .prefault({}),
  outbound: z
    .strictObject({
      allowedHosts: z
        .array(z.string())
        .default([])
        .describe('Hosts that Kulning itself may connect to, for models; addresses and networks too'),
    })
    .prefault({}),
  models: z
    .strictObject({
      hub: z
        .url()
        .default('https://huggingface.co')
        .describe('Where organisation/repository/file.gguf is looked up; its host must be allowed too'),
      maxFileBytes: z.coerce
        .number()
        .int()
        .min(2 ** 20)
        .default(500e9)
        .describe('Largest model file that is fetched'),
    })
    .prefault({}),
  backup: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .optional()
        .describe('Where backups go; another disk is safer. Without it: in home'),
      keepDays: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Days after which backups are removed, but never the newest; without it they stay'),
    })
    .prefault({}),
  sites: z.array(siteConfigSchema).default([]).describe('Sites beside this machine'),
});

type Settings = z.output<typeof configSchema>;

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
  readonly description: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly entries: readonly ConfigEntry[];
}

interface Leaf {
  readonly path: string;
  readonly variable: string;
  readonly description: string;
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
        'The environment',
      );
    setAt(values, leaf.path, leaf.list ? text.split(',').map((item) => item.trim()) : text);
    origins.set(leaf.path, variable);
  }
  const config = parseConfig(values, leaves);
  config.home = resolve(workingDirectory, config.home);
  config.keys = resolve(workingDirectory, config.keys ?? `${config.home}-keys`);
  if (`${config.keys}/`.startsWith(`${config.home}/`)) {
    throw new KulningError({
      code: 'config.invalid_value',
      status: 400,
      path: 'keys',
      message: `The keys (${config.keys}) lie inside the state that they protect (${config.home}).`,
      hint: 'Set KULNING_KEYS to a folder outside KULNING_HOME, so that a copy of one is useless without the other.',
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
      message: `${file} cannot be read.`,
      hint: 'Check that it exists and that you may read it.',
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
      message: `${file} is not valid YAML: ${where}`,
      hint: 'Mend that line.',
      cause,
    });
  }
}

function parseConfig(
  values: Record<string, unknown>,
  leaves: readonly Leaf[],
): z.output<typeof configSchema> {
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const prefix = path === '' ? '' : `${path}.`;
    throw unknownKey(
      `${prefix}${issue.keys[0] ?? ''}`,
      leaves.map((leaf) => leaf.path),
      'kulning.yaml',
    );
  }
  const description = leaves.find((leaf) => leaf.path === path)?.description;
  throw new KulningError({
    code: 'config.invalid_value',
    status: 400,
    path,
    message: `${path}: ${issue?.message ?? 'invalid'}`,
    hint: description ? `${path} is: ${description}.` : undefined,
    cause: parsed.error,
  });
}

function unknownKey(name: string, known: readonly string[], where: string): KulningError {
  const [nearest] = nearestNames(name, known);
  return new KulningError({
    code: 'config.unknown_key',
    status: 400,
    path: name,
    message: `${where} has a setting that does not exist: ${name}.`,
    hint: nearest
      ? `Did you mean ${nearest}? \`kulning config\` lists every setting.`
      : '`kulning config` lists every setting.',
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
  return [
    {
      path: path.join('.'),
      variable: `KULNING_${path.map((part) => part.replaceAll(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`,
      description: schema.description ?? '',
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
