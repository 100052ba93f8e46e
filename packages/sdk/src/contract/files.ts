import { z } from 'zod';

import { flagWords } from './flag-words.ts';
import { dataClassSchema } from './identity.ts';
import { op } from './operation.ts';

/** `batch` feeds batches, `batch_output` is what they wrote; the others are kept and given back, and do nothing here. */
export const filePurposes = ['batch', 'batch_output', 'user_data', 'fine-tune'] as const;

export const fileView = z.object({
  id: z.string(),
  /** Null once a person who was named in it was erased. */
  filename: z.string().nullable(),
  purpose: z.enum(filePurposes),
  bytes: z.number().int(),
  dataClass: dataClassSchema.nullable(),
  /** The key that uploaded it, or whose batch wrote it. */
  keyId: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

const fileParams = z.object({ fileId: z.string() });

/** Uploading is `POST /v1/files` at the gateway, as OpenAI's clients do it. */
export const filesOperations = {
  list: op({
    id: 'files.list',
    method: 'GET',
    path: '/api/v1/files',
    summary: 'Files of this organisation, newest first',
    scope: 'files:read',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().optional().describe(flagWords.cursor.en),
      purpose: z.enum(filePurposes).optional(),
    }),
    result: z.object({ items: z.array(fileView), next: z.string().optional() }),
  }),
  get: op({
    id: 'files.get',
    method: 'GET',
    path: '/api/v1/files/{fileId}',
    summary: 'One file: its size, data class and when it expires',
    scope: 'files:read',
    params: fileParams,
    result: fileView,
  }),
  content: op({
    id: 'files.content',
    method: 'GET',
    path: '/api/v1/files/{fileId}/content',
    summary: 'What is in a file, byte for byte',
    scope: 'files:read',
    params: fileParams,
    result: z.unknown(),
    file: 'application/octet-stream',
  }),
  remove: op({
    id: 'files.remove',
    method: 'DELETE',
    path: '/api/v1/files/{fileId}',
    summary: 'Delete a file and its key at once; a batch that still reads it stops',
    scope: 'files:write',
    params: fileParams,
    result: z.object({ removed: z.string() }),
  }),
};

export type FilePurpose = (typeof filePurposes)[number];
export type FileView = z.output<typeof fileView>;
