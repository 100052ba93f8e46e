import type { BatchView, Language } from '@kulning/sdk';

import { unixSeconds } from '../files/index.ts';
import type { BatchState } from './batch-service.ts';
import { faultWords } from './batch-words.ts';

const iso = (at: Date | null) => at?.toISOString() ?? null;

/** The admin API's view. */
export function viewOf(
  { row, total, answered, failed, metadata }: BatchState,
  language: Language,
): BatchView {
  return {
    id: row.id,
    status: row.state,
    endpoint: row.endpoint,
    dataClass: row.data_class,
    purpose: row.purpose,
    keyId: row.key_id,
    inputFileId: row.input_file_id,
    outputFileId: row.output_file_id,
    errorFileId: row.error_file_id,
    completionWindow: row.completion_window,
    requests: { total, completed: answered, failed },
    usage: row.usage && { inputTokens: row.usage.input, outputTokens: row.usage.output },
    errors: errorsOf(row, language),
    metadata,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    inProgressAt: iso(row.in_progress_at),
    endedAt: iso(row.ended_at),
  };
}

/** OpenAI's batch object; `kulning` is one more member. */
export function batchObject({ row, total, answered, failed, metadata }: BatchState, language: Language) {
  const data = errorsOf(row, language);
  const at = (date: Date | null) => (date === null ? null : unixSeconds(date));
  const endedAs = (state: typeof row.state) => (row.state === state ? at(row.ended_at) : null);
  return {
    id: row.id,
    object: 'batch',
    endpoint: row.endpoint,
    errors: data.length === 0 ? null : { object: 'list', data },
    input_file_id: row.input_file_id,
    completion_window: row.completion_window,
    status: row.state,
    output_file_id: row.output_file_id,
    error_file_id: row.error_file_id,
    created_at: unixSeconds(row.created_at),
    in_progress_at: at(row.in_progress_at),
    expires_at: unixSeconds(row.expires_at),
    finalizing_at: at(row.finalizing_at),
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: at(row.cancelling_at),
    cancelled_at: endedAs('cancelled'),
    request_counts: { total, completed: answered, failed },
    metadata,
    ...(row.usage && { usage: usageObject(row.usage) }),
    kulning: { data_class: row.data_class, purpose: row.purpose },
  };
}

function usageObject({ input, cached, output, reasoning }: NonNullable<BatchState['row']['usage']>) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

function errorsOf({ faults }: BatchState['row'], language: Language) {
  return faults.map(({ code, line, param }) => ({ code, line, param, message: faultWords[code][language] }));
}
