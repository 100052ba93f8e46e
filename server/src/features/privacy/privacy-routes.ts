import { erasuresOperations, subjectsOperations } from '@kulning/sdk';

import { route, type Route, type RouteContext } from '../../platform/http/route.ts';
import type { ErasureMachine } from './erasure-machine.ts';
import type { ErasureViews } from './erasure-views.ts';
import type { SubjectService } from './subject-service.ts';

export interface PrivacyRoutesOptions {
  readonly subjects: SubjectService;
  readonly views: ErasureViews;
  readonly machine: ErasureMachine;
  /** Work that outlives the request, so that stopping waits for it and its failure is logged. */
  readonly inBackground: (work: Promise<void>) => void;
}

export function privacyRoutes({ subjects, views, machine, inBackground }: PrivacyRoutesOptions): Route[] {
  return [
    route(subjectsOperations.find, ({ body }, context) => subjects.find({ ...asking(context), ...body })),
    route(subjectsOperations.export, ({ body }, context) => subjects.export({ ...asking(context), ...body })),
    route(subjectsOperations.restrict, async ({ body }, context) => {
      await subjects.restrict({ ...asking(context), ...body });
      return { identifiers: body.identifiers.length, restricted: true };
    }),
    route(subjectsOperations.unrestrict, async ({ body }, context) => {
      await subjects.unrestrict({ ...asking(context), ...body });
      return { identifiers: body.identifiers.length, restricted: false };
    }),
    route(subjectsOperations.preview, ({ body }, context) =>
      subjects.preview({ ...asking(context), ...body }),
    ),
    route(subjectsOperations.erase, async ({ body }, context) => {
      const { organisationId, userId, keyId, language } = context.caller;
      const { identifiers, decisions, preview } = body;
      const requestedBy = userId ?? keyId ?? null;
      const { erasureId, subjectSalt } = await subjects.erase({
        organisationId,
        language,
        identifiers,
        decisions,
        preview,
        requestedBy,
      });
      inBackground(machine.drive(organisationId));
      return { erasure: await views.get({ organisationId, erasureId }, language), subjectSalt };
    }),
    route(erasuresOperations.list, ({ query }, { caller }) =>
      views.list(caller.organisationId, query, caller.language),
    ),
    route(erasuresOperations.get, ({ params }, { caller }) =>
      views.get({ organisationId: caller.organisationId, erasureId: params.id }, caller.language),
    ),
    route(erasuresOperations.certificate, ({ params }, { caller }) =>
      views.certificate({ organisationId: caller.organisationId, erasureId: params.id }),
    ),
  ];
}

function asking({ caller }: RouteContext) {
  return { organisationId: caller.organisationId, language: caller.language };
}
