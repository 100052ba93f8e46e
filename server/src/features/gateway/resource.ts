import type { Scope } from '@kulning/sdk';

import type { Dispatch, Refusal } from '../dispatch/index.ts';
import { type CallContext, placementRequest } from './call-context.ts';
import { refusalError } from './call-errors.ts';
import { openAiErrors, sendJson } from './openai-answer.ts';
import { readBody } from './request-body.ts';

/** A path of OpenAI's API that ends here and not at an engine: things that are kept, and asked about with a key. */
export interface Resource {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Of the whole path; its groups are the parameters. */
  readonly path: RegExp;
  readonly scope: Scope;
  /** The body may take as long as `serve` gives it; it keeps the time itself. */
  readonly slowBody?: boolean;
  /** Answers, or throws KulningError or OpenAiError for the gateway to tell. */
  serve(call: ResourceCall): Promise<void>;
}

/** Who asks, for what. */
export interface ResourceCall extends CallContext {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** Why policy does not let this data come in, be handled and be stored here; undefined if it does. */
  ingress(): Refusal | undefined;
  /** The whole body. @throws OpenAiError 413 */
  body(limit: number): Promise<Buffer>;
  json(value: object): void;
  /** Tells of a refusal by policy in the words of its rules. */
  refuse(refusal: Refusal): void;
}

export interface FoundResource {
  readonly resource: Resource;
  readonly params: readonly string[];
}

export function resourceAt(
  resources: readonly Resource[],
  method: string,
  path: string,
): FoundResource | undefined {
  for (const resource of resources) {
    const found = resource.method === method ? resource.path.exec(path) : null;
    if (found) return { resource, params: found.slice(1) };
  }
  return undefined;
}

/** @param dispatch knows where work may come in */
export function resourceCall(
  context: CallContext,
  params: readonly string[],
  dispatch: Pick<Dispatch, 'ingress'>,
): ResourceCall {
  const { request, response, callId, snapshot, language } = context;
  const headers = ['x-request-id', callId];
  const [, query = ''] = (request.url ?? '').split('?', 2);
  return {
    ...context,
    params,
    query: new URLSearchParams(query),
    ingress: () =>
      dispatch.ingress(
        placementRequest(context, { model: '', maxTokens: undefined }, 'chat'),
        snapshot.ground,
      ),
    body(limit) {
      if (context.announced?.waits) response.writeContinue();
      return readBody(request, limit, language);
    },
    json: (value) => sendJson(response, 200, Buffer.from(JSON.stringify(value)), headers),
    refuse({ refused }) {
      const { error, supplement } = refusalError(refused, language);
      // Of the body not a byte was read; it must not be taken for the next request.
      const closing = request.complete ? [] : ['connection', 'close'];
      sendJson(response, error.status, openAiErrors.whole(error, supplement), [...headers, ...closing]);
    },
  };
}
