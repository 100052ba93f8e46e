/** Points in which servers differ by their documentation. What is not here holds for all of them. */
export interface Behaviour {
  /** Whether a refusal says in `param` which field was wrong; the message says it in any case. */
  readonly namesFields: boolean;
  /** Wrong requests that are answered all the same. */
  readonly answered: ReadonlySet<string>;
  /** Whether more than the queue holds is refused with 503; otherwise all that comes waits. */
  readonly boundsItsQueue: boolean;
  readonly toolCallIds: RegExp;
  /** Written at most before it notices that a caller left while it was reading. */
  readonly tokensAfterLeaving: number;
}

export const ownBehaviour: Behaviour = {
  namesFields: true,
  answered: new Set(),
  boundsItsQueue: true,
  toolCallIds: /^[a-zA-Z0-9]{9}$/u,
  tokensAfterLeaving: 0,
};

/** llama-server v0.5.0, of llama.cpp (tools/server/README.md, and tried). What it lets through stops at the gateway. */
export const llamaServerBehaviour: Behaviour = {
  // Its errors have a message, a type and a number.
  namesFields: false,
  // Roles and lists of messages are its template's to judge, numbers its samplers'; `n` it can do. The gateway checks them.
  answered: new Set([
    'an empty list of messages',
    'an unknown role',
    'a temperature out of range',
    'several answers at once',
  ]),
  // Requests beyond its slots are deferred without end; the gateway's admission bounds them (features/dispatch).
  boundsItsQueue: false,
  // Random; the gateway maps ids for templates that want nine characters.
  toolCallIds: /^[a-zA-Z0-9]{32}$/u,
  // It looks for its caller when it has something to send.
  tokensAfterLeaving: 64,
};

/** Each would be answered with one token if it were not refused. `param` is empty where it is no field's fault. */
export const wrongRequests: readonly (readonly [what: string, body: string, param: string])[] = [
  ['text that is not JSON', '{"messages": [', ''],
  ['a missing list of messages', '{"max_tokens":1}', 'messages'],
  ['an empty list of messages', '{"max_tokens":1,"messages":[]}', 'messages'],
  ['an unknown role', '{"max_tokens":1,"messages":[{"role":"chef","content":"x"}]}', 'messages.0.role'],
  ['a wrong type', '{"messages":[{"role":"user","content":"x"}],"max_tokens":"many"}', 'max_tokens'],
  [
    'a temperature out of range',
    '{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"temperature":9}',
    'temperature',
  ],
  ['several answers at once', '{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"n":2}', 'n'],
  [
    'a picture',
    '{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"image_url"}]}]}',
    'messages.0.content',
  ],
];
