import type { Route } from '../../platform/http/route.ts';
import type { Resource } from '../gateway/index.ts';
import type { PrivacyStore } from '../privacy/index.ts';
import { FileKeeper, type FilesContext } from './file-keeper.ts';
import { FilePrivacy } from './file-privacy.ts';
import { fileResources } from './file-resources.ts';
import { fileRoutes } from './file-routes.ts';
import { uploadTimes } from './file-upload.ts';

export { expiryOf } from './file-expiry.ts';
export type { FileDraft, FileKeeper, FilesContext, OpenFile } from './file-keeper.ts';
export { type FileLine, linesOf } from './file-lines.ts';
export { listObject, unixSeconds } from './file-objects.ts';
export { expirySecondsOf } from './file-upload.ts';

export interface Files {
  readonly keeper: FileKeeper;
  /** Of the admin API. */
  readonly routes: readonly Route[];
  /** Of the gateway. */
  readonly resources: readonly Resource[];
}

/** Files that callers upload and that batches write. */
export function createFiles(context: FilesContext & { readonly maxBytes: number }): Files {
  const keeper = new FileKeeper(context);
  return {
    keeper,
    routes: fileRoutes(keeper),
    resources: fileResources(keeper, context, { maxBytes: context.maxBytes, ...uploadTimes }),
  };
}

export function createFilePrivacy(context: Pick<FilesContext, 'database' | 'vault' | 'blobs'>): PrivacyStore {
  return new FilePrivacy(context);
}
