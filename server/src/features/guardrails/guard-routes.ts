import { guardrailsOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import { setGuardrails, tryGuardrails, viewGuardrails } from './guard-service.ts';
import type { GuardContext } from './guard-tables.ts';

export function guardRoutes(context: GuardContext): Route[] {
  return [
    route(guardrailsOperations.get, (_, { caller }) => viewGuardrails(context, caller.organisationId)),
    route(guardrailsOperations.set, ({ body }, { caller }) =>
      setGuardrails(context, caller.organisationId, body.rules),
    ),
    route(guardrailsOperations.setKey, ({ params, body }, { caller }) =>
      setGuardrails(context, caller.organisationId, body.rules, params.keyId),
    ),
    route(guardrailsOperations.test, ({ body }, { caller }) =>
      tryGuardrails(context, caller.organisationId, body, caller.language),
    ),
  ];
}
