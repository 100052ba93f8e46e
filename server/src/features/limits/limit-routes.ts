import { limitsOperations, pricesOperations, statementsOperations, teamsOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import { listAlerts } from './budget-alerts.ts';
import type { LimitContext } from './limit-context.ts';
import { listLimits, listRefusals, setLimits } from './limit-service.ts';
import { listPrices, setPrice } from './price-service.ts';
import { statementCsv } from './statement-csv.ts';
import { listStatements, statementFor } from './statement-views.ts';
import { changeTeam, createTeam, listTeams, removeTeam } from './team-service.ts';

export function limitRoutes(context: LimitContext): Route[] {
  return [
    route(limitsOperations.list, async (_, { caller }) => ({
      items: await listLimits(context, caller.organisationId),
    })),
    route(limitsOperations.set, ({ params, body }, { caller }) =>
      setLimits(context, caller.organisationId, params, body),
    ),
    route(limitsOperations.refusals, async ({ query }, { caller }) => ({
      items: await listRefusals(context, caller.organisationId, query.days),
    })),
    route(limitsOperations.alerts, async ({ query }, { caller }) => ({
      items: await listAlerts(context, caller.organisationId, query.limit),
    })),
    route(teamsOperations.list, async (_, { caller }) => ({
      items: await listTeams(context, caller.organisationId),
    })),
    route(teamsOperations.create, ({ body }, { caller }) =>
      createTeam(context, caller.organisationId, body.name),
    ),
    route(teamsOperations.change, ({ params, body }, { caller }) =>
      changeTeam(context, caller.organisationId, params.teamId, body),
    ),
    route(teamsOperations.remove, ({ params }, { caller }) =>
      removeTeam(context, caller.organisationId, params.teamId),
    ),
    route(pricesOperations.list, async () => ({ items: await listPrices(context) })),
    route(pricesOperations.set, ({ body }) => setPrice(context, body)),
    route(statementsOperations.list, async ({ params }, { caller }) => ({
      items: await listStatements(context, caller.organisationId, params.month),
    })),
    route(statementsOperations.csv, async ({ params, query }, { caller: { organisationId } }) =>
      statementCsv(
        await statementFor(context, organisationId, query.organisationId ?? organisationId, params.month),
      ),
    ),
  ];
}
