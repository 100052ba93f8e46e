import { pipeline } from 'node:stream/promises';

import { filePurposes, KulningError } from '@kulning/sdk';

import type { Resource, ResourceCall } from '../gateway/index.ts';
import type { FileKeeper, FilesContext } from './file-keeper.ts';
import { fileObject, listObject } from './file-objects.ts';
import { takeUpload, type UploadOptions } from './file-upload.ts';
import { fileWords } from './file-words.ts';

const FILE = /^\/v1\/files\/([\w-]{1,100})$/;
const MOST_LISTED = 10_000;

/** `/v1/files` as OpenAI's clients speak it. */
export function fileResources(
  files: FileKeeper,
  context: Pick<FilesContext, 'database' | 'record' | 'clock'>,
  upload: Omit<UploadOptions, 'database' | 'clock'>,
): Resource[] {
  const options = { ...upload, database: context.database, clock: context.clock };
  return [
    {
      method: 'POST',
      path: /^\/v1\/files$/,
      scope: 'files:write',
      slowBody: true,
      async serve(call) {
        if (await refusedByPolicy(call, context)) return;
        call.json(fileObject(await takeUpload(files, call, options)));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/files$/,
      scope: 'files:read',
      async serve({ organisation, query, json }) {
        const { files: found, more } = await files.list(organisation.id, queryOf(query));
        json(listObject(found.map(fileObject), more));
      },
    },
    {
      method: 'GET',
      path: FILE,
      scope: 'files:read',
      serve: async ({ organisation, params: [id = ''], json }) =>
        json(fileObject(await files.get(organisation.id, id))),
    },
    contentResource(files),
    {
      method: 'DELETE',
      path: FILE,
      scope: 'files:write',
      async serve({ organisation, params: [id = ''], json }) {
        await files.remove(organisation.id, id);
        json({ id, object: 'file', deleted: true });
      },
    },
  ];
}

/** The bytes go out as they are decrypted. */
function contentResource(files: FileKeeper): Resource {
  return {
    method: 'GET',
    path: /^\/v1\/files\/([\w-]{1,100})\/content$/,
    scope: 'files:read',
    async serve({ organisation, params: [id = ''], response, callId }) {
      const file = await files.read(organisation.id, id);
      response.writeHead(200, [
        'x-request-id',
        callId,
        'content-type',
        'application/octet-stream',
        'content-length',
        String(file.bytes),
      ]);
      await pipeline(file.read(), response);
    },
  };
}

/** Before a byte of the body is read. That it was refused is on record, as for a call. */
async function refusedByPolicy(
  call: ResourceCall,
  { database, record, clock }: Pick<FilesContext, 'database' | 'record' | 'clock'>,
): Promise<boolean> {
  const refusal = call.ingress();
  if (!refusal) return false;
  const { refused, record: decision } = refusal;
  await database.inOrganisation(call.organisation.id, (trx) =>
    record(trx, {
      kind: 'file.refused',
      at: new Date(clock.now()).toISOString(),
      organisation: call.organisation.id,
      body: {
        class: call.dataClass ?? null,
        purpose: call.purpose,
        policy: decision.policy,
        facts: decision.facts,
        rules: refused.refusal.rules.map(({ id }) => id),
      },
    }),
  );
  call.refuse(refusal);
  return true;
}

/** @throws KulningError 400 */
function queryOf(query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? MOST_LISTED);
  const order = query.get('order') ?? 'desc';
  const purpose = query.get('purpose');
  const known = filePurposes.find((each) => each === purpose);
  const right = Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED;
  if (!right || (order !== 'asc' && order !== 'desc') || (purpose !== null && known === undefined))
    throw new KulningError({ code: 'query.wrong', status: 400, text: fileWords.limitWrong(MOST_LISTED) });
  return { limit, order, after: query.get('after') ?? undefined, purpose: known } as const;
}
