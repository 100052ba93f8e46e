import type { Ground } from './compose.ts';
import type { ContentDeps, KeyContent, Snapshot } from './features/gateway/index.ts';
import { createGuardrails, createKnownSubjects, readGuardFacts } from './features/guardrails/index.ts';
import { recordEvent } from './features/proof/index.ts';
import type { AnyTransaction } from './platform/postgres/database.ts';
import type { Task } from './tasks.ts';

/** Guardrails as people set them. */
export function composeContent({ database, vault, clock }: Ground) {
  return createGuardrails({ database: database.withTables(), vault, clock, record: recordEvent });
}

/** What a gateway does with the content of calls besides sending it on. */
export interface GatewayContent {
  readonly deps: ContentDeps;
  /** In the transaction of a snapshot. */
  read(trx: AnyTransaction): Promise<(keyId: string, organisationId: string) => KeyContent | undefined>;
  tasks(snapshot: () => Snapshot | undefined): readonly Task[];
}

export function openContent({ database, vault }: Ground): GatewayContent {
  const subjects = createKnownSubjects(database.withTables(), vault);
  return {
    deps: { subjects },
    async read(trx) {
      const guardOf = await readGuardFacts(trx);
      return (keyId, organisationId) => {
        const guard = guardOf(keyId, organisationId);
        return guard && { guard };
      };
    },
    tasks: (snapshot) => [
      { name: 'known-subjects', everyMs: 15_000, run: () => subjects.refresh(searchedBy(snapshot())) },
    ],
  };
}

/** Organisations that look for persons whom they named. */
function searchedBy(snapshot: Snapshot | undefined): ReadonlySet<string> {
  const keys = [...(snapshot?.keys.values() ?? [])];
  return new Set(
    keys.flatMap(({ organisationId, content }) =>
      content?.guard?.rules.known_subject === undefined ? [] : [organisationId],
    ),
  );
}
