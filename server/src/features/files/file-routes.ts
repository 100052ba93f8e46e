import { Readable } from 'node:stream';

import { filesOperations, type FileView } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import type { FileKeeper, StoredFile } from './file-keeper.ts';

/** The admin API of files; content goes out as it is decrypted. */
export function fileRoutes(files: FileKeeper): Route[] {
  return [
    route(
      filesOperations.list,
      async ({ query: { limit, cursor, purpose } }, { caller: { organisationId } }) => {
        const query = { limit, after: cursor, purpose, order: 'desc' as const };
        const { files: found, more } = await files.list(organisationId, query);
        const next = more ? found.at(-1)?.id : undefined;
        return { items: found.map(viewOf), ...(next !== undefined && { next }) };
      },
    ),
    route(filesOperations.get, async ({ params: { fileId } }, { caller: { organisationId } }) =>
      viewOf(await files.get(organisationId, fileId)),
    ),
    route(filesOperations.content, async ({ params: { fileId } }, { caller: { organisationId } }) =>
      Readable.toWeb(Readable.from((await files.read(organisationId, fileId)).read())),
    ),
    route(filesOperations.remove, async ({ params: { fileId } }, { caller: { organisationId } }) => {
      await files.remove(organisationId, fileId);
      return { removed: fileId };
    }),
  ];
}

function viewOf({ createdAt, expiresAt, ...file }: StoredFile): FileView {
  return { ...file, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
