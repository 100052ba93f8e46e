import type { GuardFinding, GuardrailsView, Language } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import { findAll } from '../../core/guard/detector.ts';
import { inOrder, textDetectors } from '../../core/guard/detectors.ts';
import { type GuardRules, loosenedBy, tightened } from '../../core/guard/guard-policy.ts';
import { CallGuard } from './call-guard.ts';
import { guardFactsOf } from './guard-facts.ts';
import {
  type GuardTransaction,
  keysOf,
  lineOf,
  namedSubjects,
  rulesOf,
  together,
  writeRules,
} from './guard-store.ts';
import type { GuardContext } from './guard-tables.ts';
import { guardNotice, guardWords } from './guard-words.ts';
import { knownSubjectDetector } from './known-subject-detector.ts';

/** Read across organisations, because the rules of those above are not the client's rows. */
export async function viewGuardrails(
  { database }: GuardContext,
  organisationId: string,
): Promise<GuardrailsView> {
  return database.inInstance('guardrails of an organisation and those above it', (trx) =>
    viewIn(trx, organisationId),
  );
}

/** @throws KulningError `guardrails.loosened`, `key.unknown` */
export async function setGuardrails(
  context: GuardContext,
  organisationId: string,
  rules: GuardRules,
  keyId?: string,
): Promise<GuardrailsView> {
  return context.database.inInstance('guardrails set by an organisation', async (trx) => {
    if (keyId !== undefined && !(await keysOf(trx, organisationId)).some(({ id }) => id === keyId))
      throw new KulningError({
        code: 'key.unknown',
        status: 404,
        path: 'params.keyId',
        text: guardWords.keyUnknown(keyId),
      });
    const before = await viewIn(trx, organisationId);
    const milder = loosenedBy(rules, keyId === undefined ? before.inherited : before.effective);
    if (milder.length > 0)
      throw new KulningError({
        code: 'guardrails.loosened',
        status: 409,
        path: 'body.rules',
        text: guardWords.loosened(milder.join(', ')),
      });
    const clean = tightened(rules, {});
    const now = context.clock.now();
    const scopeId = keyId ?? organisationId;
    await writeRules(trx, { organisationId, scopeId, rules: clean, changedAt: new Date(now) });
    await context.record(trx, {
      kind: 'guardrails.changed',
      at: new Date(now).toISOString(),
      organisation: organisationId,
      body: { ...(keyId !== undefined && { key: keyId }), rules: JSON.parse(JSON.stringify(clean)) },
    });
    return viewIn(trx, organisationId);
  });
}

async function viewIn(trx: GuardTransaction, organisationId: string): Promise<GuardrailsView> {
  const line = await lineOf(trx, organisationId);
  const all = await rulesOf(trx, line);
  const keys = new Map((await keysOf(trx, organisationId)).map(({ id, name }) => [id, name]));
  const own = all.filter(({ scopeId }) => scopeId === organisationId);
  const above = all.filter(
    (each) => each.organisationId !== organisationId && each.scopeId === each.organisationId,
  );
  const rules = together(own);
  const inherited = together(above);
  return {
    rules,
    inherited,
    effective: tightened(rules, inherited),
    keys: all.flatMap(({ scopeId, rules: ofKey }) => {
      const name = keys.get(scopeId);
      return name === undefined || Object.keys(ofKey).length === 0
        ? []
        : [{ keyId: scopeId, name, rules: ofKey }];
    }),
    changedAt: own[0]?.changedAt.toISOString() ?? null,
  };
}

const MOST_TRIED_SUBJECTS = 100_000;

/** What every detector finds in a text, whatever the rules, and what the rules would make of it. */
export async function tryGuardrails(
  context: GuardContext,
  organisationId: string,
  { text, direction }: { text: string; direction: 'request' | 'answer' },
  language: Language,
): Promise<{ findings: GuardFinding[]; masked: string | null; notice: string }> {
  await context.vault.load(organisationId);
  const { effective, known } = await context.database.inInstance('guardrails tried', async (trx) => ({
    effective: (await viewIn(trx, organisationId)).effective,
    known: new Set(await namedSubjects(trx, organisationId, MOST_TRIED_SUBJECTS)),
  }));
  const subjects = knownSubjectDetector((identifier) =>
    known.has(context.vault.blindIndex(organisationId, identifier)),
  );
  const findings = findAll(text, inOrder([subjects, ...textDetectors])).map(({ detector, start, end }) => ({
    detector,
    start,
    end,
    action: effective[detector]?.[direction] ?? null,
  }));
  const facts = guardFactsOf(effective);
  const guard = facts && new CallGuard(facts, subjects)[direction];
  const masked = guard?.whole(text) ?? text;
  return { findings, masked: guard?.isBlocked === true ? null : masked, notice: guardNotice[language] };
}
