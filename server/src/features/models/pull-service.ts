import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { KulningError, type Language, type ModelPullRequest, type ModelPullView } from '@kulning/sdk';

import { downloadFile } from '../../platform/outbound/file-download.ts';
import type { ModelsContext } from './model-context.ts';
import { addModel } from './model-service.ts';
import { nameFrom } from './model.ts';
import { pullWords } from './pull-words.ts';
import * as store from './pull-store.ts';

type Pull = store.ModelPull;

/** Model files on their way here. The rows are the queue, a task works it off: a restart goes on by itself. */
export interface ModelPulls {
  /** A file that is wanted already, or that came in part, is taken up again and not twice. */
  start(request: ModelPullRequest, organisationId: string, language: Language): Promise<ModelPullView>;
  list(language: Language): Promise<ModelPullView[]>;
  get(id: string, language: Language): Promise<ModelPullView>;
  cancel(id: string, language: Language): Promise<ModelPullView>;
  /** Works on the oldest until it ended. @returns when nothing is left to do */
  work(signal: AbortSignal): Promise<void>;
}

export function createModelPulls(context: ModelsContext): ModelPulls {
  /** What this process fetches right now. */
  let current: { readonly id: string; readonly abort: AbortController } | undefined;
  const read = (id: string) =>
    context.database.inInstance('look at a pull', async (trx) =>
      (await store.readPulls(trx)).find((pull) => pull.id === id),
    );
  const get = async (id: string, language: Language) => {
    const pull = await read(id);
    if (pull === undefined)
      throw new KulningError({ code: 'pull.unknown', status: 404, text: pullWords.unknown(id) });
    return viewOf(context, pull, language);
  };
  return {
    get,
    start: async (request, organisationId, language) =>
      get(await startPull(context, request, organisationId), language),
    list: async (language) => {
      const pulls = await context.database.inInstance('look at pulls', store.readPulls);
      return Promise.all(pulls.map((pull) => viewOf(context, pull, language)));
    },
    async cancel(id, language) {
      const cancelled = await change(context, id, ['waiting', 'running', 'checking', 'failed'], {
        phase: 'cancelled',
        sealedSource: null,
        endedAt: new Date(context.clock.now()),
      });
      if (current?.id === id) current.abort.abort();
      else if (cancelled) await rm(partOf(context, id), { force: true });
      return get(id, language);
    },
    async work(signal) {
      for (let next = await oldest(context); next !== undefined; next = await oldest(context)) {
        signal.throwIfAborted();
        const abort = new AbortController();
        current = { id: next.id, abort };
        await carryOut(context, next, AbortSignal.any([signal, abort.signal])).catch(
          async (cause: unknown) => {
            if (signal.aborted) throw cause;
            if (!abort.signal.aborted) return fail(context, next, cause);
            return rm(partOf(context, next.id), { force: true });
          },
        );
      }
    },
  };
}

const UNDER_WAY = ['waiting', 'running', 'checking'] as const;

async function oldest({ database }: ModelsContext): Promise<Pull | undefined> {
  const pulls = await database.inInstance('next pull', store.readPulls);
  return pulls.findLast(({ phase }) => (UNDER_WAY as readonly string[]).includes(phase));
}

async function startPull(
  context: ModelsContext,
  { source, token, ...wanted }: ModelPullRequest,
  organisationId: string,
): Promise<string> {
  const addition = { ...wanted, organisationId };
  const url = context.pulling.hosts.require(addressOf(source, context.pulling.hub));
  const shown = `${url.origin}${url.pathname}`;
  const known = (await context.database.inInstance('look for a pull', store.readPulls)).find(
    (pull) => pull.url === shown && !['done', 'cancelled'].includes(pull.phase),
  );
  const id = known?.id ?? context.ids.next('pull');
  const secret = JSON.stringify({ url: url.href, ...(token !== undefined && { token }) });
  const sealedSource = await context.secrets.seal(id, secret);
  const createdAt = new Date(context.clock.now());
  if (known === undefined)
    await context.database.inInstance('start a pull', (trx) =>
      store.insertPull(trx, { id, url: shown, addition, sealedSource, createdAt }),
    );
  else
    await change(context, id, ['failed'], {
      phase: 'waiting',
      addition: { ...known.addition, ...addition }, // Going on need not say again what it was to become.
      sealedSource,
      problem: null,
      endedAt: null,
    });
  return id;
}

/** `org/repository/file.gguf` on the hub; a page of the hub that shows a file means that file. */
function addressOf(source: string, hub: string): string {
  if (/^[a-z]+:/iu.test(source))
    return source.replace(/^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/blob\//iu, '$1/resolve/');
  const parts = /^([\w.-]+\/[\w.-]+)\/(.+\.gguf)$/iu.exec(source);
  if (parts === null)
    throw new KulningError({
      code: 'pull.source_unclear',
      status: 400,
      text: pullWords.sourceUnclear(source),
      path: 'source',
    });
  return `${hub.replace(/\/+$/u, '')}/${parts[1]}/resolve/main/${parts[2]}`;
}

/** Each stage leaves a row and a file from which the next process can go on. */
async function carryOut(context: ModelsContext, pull: Pull, signal: AbortSignal): Promise<void> {
  const digest = pull.phase === 'checking' ? pull.digest : await fetchFile(context, pull, signal);
  const path = pathOf(context, { ...pull, digest });
  await rename(partOf(context, pull.id), path).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause; // It was done before.
  });
  const { sha256: _, organisationId, ...addition } = pull.addition;
  await addModel(context, { ...addition, source: path }, signal, {
    organisationId,
    card: { pulledFrom: pull.url },
    also: async (trx, modelId) => {
      await store.changePull(trx, pull.id, ['checking'], {
        phase: 'done',
        modelId,
        sealedSource: null,
        endedAt: new Date(context.clock.now()),
      });
    },
  });
}

async function fetchFile(context: ModelsContext, pull: Pull, signal: AbortSignal): Promise<string> {
  const { hosts, maxFileBytes } = context.pulling;
  await change(context, pull.id, UNDER_WAY, { phase: 'running' });
  const opened = JSON.parse(await context.secrets.open(pull.id, pull.sealedSource ?? '')) as {
    url: string;
    token?: string;
  };
  const { sha256 } = await downloadFile(
    hosts,
    {
      url: opened.url,
      ...(opened.token !== undefined && { authorization: opened.token }),
      partPath: partOf(context, pull.id),
      validator: pull.validator ?? undefined,
      sha256: pull.addition.sha256,
      maxBytes: maxFileBytes,
      onHead: async ({ totalBytes = null, validator = null }) => {
        await change(context, pull.id, ['running'], { totalBytes, validator });
      },
    },
    signal,
  );
  const digest = `sha256:${sha256}`;
  await change(context, pull.id, ['running'], { phase: 'checking', digest });
  return digest;
}

/** What arrived stays, for the same command to go on from; what is no model does not. */
async function fail(context: ModelsContext, pull: Pull, cause: unknown): Promise<void> {
  const error =
    cause instanceof KulningError
      ? cause
      : new KulningError({ code: 'pull.failed', status: 500, text: pullWords.failed, cause });
  context.log.error('models.pull_failed', error, { pull: pull.id });
  if (error.code === 'model.file_broken') {
    const now = await context.database.inInstance('look at a pull', store.readPulls);
    const digest = now.find(({ id }) => id === pull.id)?.digest ?? null;
    await rm(pathOf(context, { ...pull, digest }), { force: true });
  }
  await change(context, pull.id, UNDER_WAY, {
    phase: 'failed',
    problem: { code: error.code, text: error.text as store.PullProblem['text'] },
    sealedSource: null,
    endedAt: new Date(context.clock.now()),
  });
}

function change(
  { database }: ModelsContext,
  id: string,
  from: readonly store.PullPhase[],
  changes: store.PullChange,
): Promise<boolean> {
  return database.inInstance('a pull goes on', (trx) => store.changePull(trx, id, from, changes));
}

const partOf = ({ pulling }: ModelsContext, id: string) => join(pulling.folder, `${id}.part`);

function pathOf({ pulling }: ModelsContext, { url, digest }: Pick<Pull, 'url' | 'digest'>): string {
  const base = nameFrom(decodeURIComponent(url.split('/').at(-1) ?? '').replace(/\.gguf$/iu, '')) || 'model';
  return join(
    pulling.folder,
    `${base}-${(digest ?? '').slice('sha256:'.length, 'sha256:'.length + 12)}.gguf`,
  );
}

async function viewOf(context: ModelsContext, pull: Pull, language: Language): Promise<ModelPullView> {
  const { id, url, addition, phase, totalBytes, digest, modelId, problem, createdAt, endedAt } = pull;
  const arrived = phase === 'done' || phase === 'checking';
  const expected = addition.sha256 === undefined ? null : `sha256:${addition.sha256}`;
  return {
    id,
    source: url,
    name: addition.name ?? null,
    phase,
    receivedBytes: arrived ? (totalBytes ?? 0) : await sizeOf(partOf(context, id)),
    totalBytes,
    digest: digest ?? expected,
    modelId,
    problem: problem && { code: problem.code, ...problem.text[language] },
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 0;
    throw cause;
  }
}
