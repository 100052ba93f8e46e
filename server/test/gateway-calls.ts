import type { JournalRecord } from '../src/features/calls/call-journal.ts';
import { nodeSpoolFiles } from '../src/platform/spool/spool-files.ts';
import { recoverFrames } from '../src/platform/spool/spool-reader.ts';
import { secrets } from './gateway-snapshot.ts';
import type { Stage } from './gateway-stage.ts';

/** A chat completion, by hand. */
export function post(
  stage: Stage,
  body: string | object,
  headers: Record<string, string> = {},
  key: string = secrets.internal,
): Promise<Response> {
  return fetch(`${stage.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export const hello = (content = 'hello', more: object = {}) => ({
  model: 'herd',
  messages: [{ role: 'user', content }],
  ...more,
});
type ErrorAnswer = {
  error: {
    code: string;
    param: string | null;
    message: string;
    kulning?: { receipt?: string; rules?: { id: string; tag: string }[] };
  };
};

export const errorOf = async (response: Response) => ((await response.json()) as ErrorAnswer).error;

/** What the journal holds on disk. */
export async function journal(stage: Stage): Promise<JournalRecord[]> {
  await stage.spool.flush();
  const records: JournalRecord[] = [];
  for await (const frames of recoverFrames(nodeSpoolFiles, stage.spoolDirectory))
    records.push(...frames.map(({ payload }) => JSON.parse(payload.toString()) as JournalRecord));
  return records;
}
export const intents = (records: JournalRecord[]) =>
  records.flatMap((record) => ('intent' in record ? [record.intent] : []));
export const settled = (records: JournalRecord[]) =>
  records.flatMap((record) => ('settled' in record ? [record.settled] : []));
