import type { Ground } from './compose.ts';
import type { ContentDeps, KeyContent, Snapshot } from './features/gateway/index.ts';
import { createGuardrails, createKnownSubjects, readGuardFacts } from './features/guardrails/index.ts';
import { type CacheFacts, createCache, GatewayCache, readCacheFacts } from './features/cache/index.ts';
import { createPrompts, createPromptTexts, readPromptFacts } from './features/prompts/index.ts';
import { recordEvent } from './features/proof/index.ts';
import type { Route } from './platform/http/route.ts';
import type { EpochUse } from './platform/vault/epoch-use.ts';
import type { AnyTransaction } from './platform/postgres/database.ts';
import type { Task } from './tasks.ts';

/** Guardrails, prompt templates and the cache as people set them. */
export function composeContent({ database, vault, clock, ids }: Ground): {
  readonly routes: readonly Route[];
} {
  const context = { vault, clock, ids, record: recordEvent };
  const cache = createCache({ ...context, database: database.withTables() });
  const guardrails = createGuardrails({ ...context, database: database.withTables() });
  const prompts = createPrompts({ ...context, database: database.withTables() });
  return { routes: [...guardrails.routes, ...prompts.routes, ...cache.routes] };
}

/** What a gateway does with the content of calls besides sending it on. */
export interface GatewayContent {
  readonly deps: ContentDeps;
  /** In the transaction of a snapshot. */
  read(trx: AnyTransaction): Promise<(keyId: string, organisationId: string) => KeyContent | undefined>;
  tasks(snapshot: () => Snapshot | undefined): readonly Task[];
}

export function openContent({ database, vault, ids, clock }: Ground, epochUse: EpochUse): GatewayContent {
  const subjects = createKnownSubjects(database.withTables(), vault);
  const now = () => clock.now();
  const cache = new GatewayCache({ database: database.withTables(), vault, ids, now, epochUse });
  return {
    deps: { subjects, prompts: createPromptTexts(database.withTables(), vault), cache },
    async read(trx) {
      const guardOf = await readGuardFacts(trx);
      const promptsOf = await readPromptFacts(trx);
      const cacheOf = await readCacheFacts(trx);
      return (keyId, organisationId) => {
        const guard = guardOf(keyId, organisationId);
        const prompts = promptsOf.get(organisationId);
        const cached = cacheOf.get(organisationId);
        return guard || prompts || cached ? { guard, prompts, cache: cached } : undefined;
      };
    },
    tasks: (snapshot) => [
      { name: 'write-cache', everyMs: 2_000, run: () => cache.write() },
      { name: 'load-cache', everyMs: 5_000, run: () => cache.load(cachesOf(snapshot())) },
      { name: 'known-subjects', everyMs: 15_000, run: () => subjects.refresh(searchedBy(snapshot())) },
    ],
  };
}

/** Organisations whose cache is on. */
function cachesOf(snapshot: Snapshot | undefined): ReadonlyMap<string, CacheFacts> {
  const keys = [...(snapshot?.keys.values() ?? [])];
  return new Map(
    keys.flatMap(({ organisationId, content }) => (content?.cache ? [[organisationId, content.cache]] : [])),
  );
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
