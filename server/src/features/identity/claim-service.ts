import { timingSafeEqual } from 'node:crypto';

import { KulningError, type HandlerInput, type identityOperations } from '@kulning/sdk';
import type { Transaction } from 'kysely';

import { isoTime, type IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import type { IdentityTables } from './identity-tables.ts';
import { identityWords } from './identity-words.ts';
import { hashPassphrase } from './passphrase.ts';
import { createToken, hashToken } from './secret-token.ts';

export type ClaimRequest = HandlerInput<typeof identityOperations.claim>['body'];

/** Writes what the claimer says of this machine into its site, in the claim's transaction. */
export type DeclareMachine = (
  trx: Transaction<IdentityTables>,
  machine: ClaimRequest['machine'],
) => Promise<void>;

/** Makes the instance's row at first start; a fresh token each start until somebody claims, undefined afterwards. */
export function prepareClaim(
  context: IdentityContext,
): Promise<{ instanceId: string; token: string | undefined }> {
  return context.inInstance('first start', async (trx) => {
    const found = await store.instance(trx);
    if (found?.claimed_at) return { instanceId: found.id, token: undefined };
    const token = createToken('klc');
    if (found) {
      await store.replaceClaimHash(trx, token.hash);
      return { instanceId: found.id, token: token.secret };
    }
    const instanceId = context.ids.next('instance');
    await store.insertInstance(trx, instanceId, token.hash, new Date(context.clock.now()));
    return { instanceId, token: token.secret };
  });
}

export function isClaimed(context: IdentityContext): Promise<boolean> {
  return context.inInstance('is it claimed', async (trx) => Boolean((await store.instance(trx))?.claimed_at));
}

/**
 * The first owner, their organisation and the machine's declared facts, in one transaction.
 * @throws KulningError `claim.wrong_token`, `claim.already_claimed`
 */
export async function claim(context: IdentityContext, declareMachine: DeclareMachine, request: ClaimRequest) {
  const passphrase = await hashPassphrase(request.passphrase);
  return context.inInstance('claim', async (trx) => {
    checkToken(await store.instanceForClaim(trx), request.token);
    const created_at = new Date(context.clock.now());
    const organisationId = context.ids.next('org');
    const userId = context.ids.next('user');
    const { language, email, name, machine } = request;
    await store.insertOrganisation(trx, {
      id: organisationId,
      parent_id: null,
      name: request.organisation,
      language,
      retention_days: null,
      created_at,
    });
    await store.insertUser(trx, { id: userId, email, name, language, passphrase, created_at });
    await store.insertMembership(trx, organisationId, userId, 'owner', created_at);
    const sample = await store.demonstrationOrganisation(trx);
    if (sample) await store.insertMembership(trx, sample.id, userId, 'owner', created_at);
    await declareMachine(trx, machine);
    await store.markClaimed(trx, created_at);
    await store.bump(trx, 'organisations');
    const body = { country: machine.country };
    await context.record(trx, {
      kind: 'instance.claimed',
      at: isoTime(context.clock),
      organisation: organisationId,
      body,
    });
    return { userId, organisationId };
  });
}

function checkToken(row: { claim_hash: Buffer | null; claimed_at: Date | null }, token: string): void {
  if (row.claimed_at !== null || row.claim_hash === null) {
    throw new KulningError({
      code: 'claim.already_claimed',
      status: 409,
      text: identityWords.alreadyClaimed,
    });
  }
  if (!timingSafeEqual(row.claim_hash, hashToken(token))) {
    throw new KulningError({
      code: 'claim.wrong_token',
      status: 403,
      text: identityWords.wrongToken,
    });
  }
}
