import type { IncomingMessage } from 'node:http';

/** What the gateway reads of a request's head; all other headers stop here. */
export interface RequestHead {
  bearer: string | undefined;
  apiKey: string | undefined;
  /** How many times; more than once is refused (RFC 9112 §3.2). */
  hosts: number;
  dataClass: string | undefined;
  purpose: string | undefined;
  acceptLanguage: string | undefined;
  /** For a batch that nobody waits for: others go first. */
  lowPriority: boolean;
  /** How long it may wait for a slot; undefined where the caller does not say. */
  maxWaitMs: number | undefined;
  /** The caller says that answering it twice does no harm. */
  repeatable: boolean;
  /** The caller's trace, in W3C's form, if it came with one. */
  traceparent: string | undefined;
  /** Persons whose data the call holds, as the caller names them. */
  subjects: string[];
  /** How long the body will be, 0 where it is not said; and whether it waits for a "continue". */
  readonly announced: { bytes: number; waits: boolean };
}

/** One pass over the raw list: node's own header object would be built for these few. */
export function readHead(request: IncomingMessage): RequestHead {
  const head: RequestHead = {
    bearer: undefined,
    apiKey: undefined,
    hosts: 0,
    dataClass: undefined,
    purpose: undefined,
    acceptLanguage: undefined,
    lowPriority: false,
    maxWaitMs: undefined,
    repeatable: false,
    traceparent: undefined,
    subjects: [],
    announced: { bytes: 0, waits: false },
  };
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) take(head, raw[index] ?? '', raw[index + 1] ?? '');
  head.bearer ??= head.apiKey;
  return head;
}

function take(head: RequestHead, name: string, value: string): void {
  // Lengths differ, so most headers cost one comparison.
  switch (name.length) {
    case 4:
      if (name.toLowerCase() === 'host') head.hosts++;
      return;
    case 6:
      if (name.toLowerCase() === 'expect') head.announced.waits = true;
      return;
    case 9:
      // Anthropic's clients send their key so; where both are sent, Authorization counts.
      if (name.toLowerCase() === 'x-api-key') head.apiKey = value.trim();
      return;
    case 11:
      if (name.toLowerCase() === 'traceparent') head.traceparent = value;
      return;
    case 13:
      if (name.toLowerCase() === 'authorization' && value.slice(0, 7).toLowerCase() === 'bearer ')
        head.bearer = value.slice(7).trim();
      return;
    case 14:
      if (name.toLowerCase() === 'content-length') head.announced.bytes = Number(value);
      return;
    case 15: {
      const lower = name.toLowerCase();
      if (lower === 'accept-language') head.acceptLanguage = value;
      return;
    }
    case 17: {
      const lower = name.toLowerCase();
      if (lower === 'x-kulning-purpose') head.purpose = value.trim();
      else if (lower === 'x-kulning-subject') head.subjects.push(...subjectsOf(value));
      return;
    }
    case 18:
      if (name.toLowerCase() === 'x-kulning-priority')
        head.lowPriority = value.trim().toLowerCase() === 'low';
      return;
    case 21: {
      const lower = name.toLowerCase();
      if (lower === 'x-kulning-max-wait-ms' && /^\d{1,6}$/.test(value.trim())) head.maxWaitMs = Number(value);
      return;
    }
    case 20: {
      const lower = name.toLowerCase();
      if (lower === 'x-kulning-data-class') head.dataClass = value.trim().toLowerCase();
      else if (lower === 'x-kulning-repeatable') head.repeatable = value.trim().toLowerCase() === 'yes';
      return;
    }
    default:
  }
}

/** Several are separated by commas. Node gives header bytes as latin1; names are UTF-8. */
function subjectsOf(value: string): string[] {
  return Buffer.from(value, 'latin1')
    .toString()
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
