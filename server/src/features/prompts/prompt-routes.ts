import { promptsOperations as operations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import {
  addVersion,
  createPrompt,
  diffVersions,
  listPrompts,
  readVersion,
  removePrompt,
  renderPrompt,
  setLabel,
  viewPrompt,
} from './prompt-service.ts';
import type { PromptContext } from './prompt-tables.ts';

export function promptRoutes(context: PromptContext): Route[] {
  return [
    route(operations.list, async (_, { caller }) => ({
      items: await listPrompts(context, caller.organisationId),
    })),
    route(operations.create, ({ body }, { caller }) => createPrompt(context, caller.organisationId, body)),
    route(operations.get, ({ params }, { caller }) =>
      viewPrompt(context, caller.organisationId, params.promptId),
    ),
    route(operations.version, ({ params }, { caller }) =>
      readVersion(context, caller.organisationId, params.promptId, params.version),
    ),
    route(operations.addVersion, ({ params, body }, { caller }) =>
      addVersion(context, caller.organisationId, params.promptId, body.text),
    ),
    route(operations.setLabel, ({ params: { promptId: prompt, label }, body: { version } }, { caller }) =>
      setLabel(context, caller.organisationId, { prompt, label, version }),
    ),
    route(operations.removeLabel, ({ params: { promptId: prompt, label } }, { caller }) =>
      setLabel(context, caller.organisationId, { prompt, label, version: undefined }),
    ),
    route(operations.render, ({ params: { promptId: prompt }, body: { version, variables } }, { caller }) =>
      renderPrompt(context, caller.organisationId, { prompt, version, variables }),
    ),
    route(operations.diff, ({ params, query }, { caller }) =>
      diffVersions(context, caller.organisationId, params.promptId, query),
    ),
    route(operations.remove, ({ params }, { caller }) =>
      removePrompt(context, caller.organisationId, params.promptId),
    ),
  ];
}
