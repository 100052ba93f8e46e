import type { StoredFile } from './file-keeper.ts';

/** Seconds since 1970, as OpenAI counts time. */
export const unixSeconds = (at: Date) => Math.floor(at.getTime() / 1_000);

/** OpenAI's file object; `kulning` is one more member. */
export function fileObject({ id, filename, purpose, bytes, dataClass, createdAt, expiresAt }: StoredFile) {
  return {
    id,
    object: 'file',
    bytes,
    created_at: unixSeconds(createdAt),
    expires_at: unixSeconds(expiresAt),
    // Clients expect a name; one that named an erased person is gone.
    filename: filename ?? '[erased]',
    purpose,
    status: 'processed',
    status_details: null,
    kulning: { data_class: dataClass },
  };
}

/** OpenAI's page of anything. */
export function listObject(data: readonly { readonly id: string }[], more: boolean) {
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return { object: 'list', data, ...ends, has_more: more };
}
