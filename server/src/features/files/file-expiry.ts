import type { FilePurpose } from '@kulning/sdk';

const DAY_MS = 86_400_000;

/** Days that files stay when nobody says: as with OpenAI for batches; others end too, because all content must. */
const DEFAULT_DAYS: Readonly<Record<FilePurpose, number>> = {
  batch: 30,
  batch_output: 30,
  user_data: 365,
  'fine-tune': 365,
};

/** What `expires_after` may say, in seconds; OpenAI's bounds. */
export const expirySeconds = { least: 3_600, most: 2_592_000 } as const;

/**
 * When a file's key dies. An organisation that keeps prompts and answers for so many days keeps no file longer.
 * @param seconds as the caller wishes
 * @param retentionDays of the organisation; undefined: it keeps no calls, which says nothing of files
 */
export function expiryOf(
  purpose: FilePurpose,
  now: number,
  seconds: number | undefined,
  retentionDays: number | undefined,
): Date {
  const wished = seconds === undefined ? DEFAULT_DAYS[purpose] * DAY_MS : seconds * 1_000;
  const most = retentionDays === undefined ? Number.POSITIVE_INFINITY : retentionDays * DAY_MS;
  return new Date(now + Math.min(wished, most));
}
