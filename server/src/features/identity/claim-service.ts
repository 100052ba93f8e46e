import { timingSafeEqual } from 'node:crypto';

import { KulningError, type HandlerInput, type identityOperations } from '@kulning/sdk';
import type { Transaction } from 'kysely';

import { isoTime, type IdentityContext } from './identity-context.ts';
import * as store from './identity-store.ts';
import type { IdentityTables } from './identity-tables.ts';
import { hashPassphrase } from './passphrase.ts';
import { createToken, hashToken } from './secret-token.ts';

export type ClaimRequest = HandlerInput<typeof identityOperations.claim>['body'];

export interface ClaimService {
  /** Makes the instance's row at first start. A fresh token each start until somebody claims; undefined afterwards. */
  prepare(): Promise<{ instanceId: string; token: string | undefined }>;
  claimed(): Promise<boolean>;
  /**
   * The first owner, their organisation, and the machine's declared facts, in one transaction.
   * @throws KulningError `claim.wrong_token`, `claim.already_claimed`
   */
  claim(request: ClaimRequest): Promise<{ userId: string; organisationId: string }>;
}

/** @param declareMachine writes what the claimer says of this machine into its site, in the claim's transaction */
export function createClaimService(
  context: IdentityContext,
  declareMachine: (trx: Transaction<IdentityTables>, machine: ClaimRequest['machine']) => Promise<void>,
): ClaimService {
  const { clock, ids } = context;
  return {
    prepare: () =>
      context.inInstance('first start', async (trx) => {
        const found = await store.instance(trx);
        if (found?.claimed_at) return { instanceId: found.id, token: undefined };
        const token = createToken('klc');
        if (found) {
          await store.replaceClaimHash(trx, token.hash);
          return { instanceId: found.id, token: token.secret };
        }
        const instanceId = ids.next('process');
        await store.insertInstance(trx, instanceId, token.hash, new Date(clock.now()));
        return { instanceId, token: token.secret };
      }),

    claimed: () =>
      context.inInstance('is it claimed', async (trx) => Boolean((await store.instance(trx))?.claimed_at)),

    claim: async (request) => {
      const passphrase = await hashPassphrase(request.passphrase);
      return context.inInstance('claim', async (trx) => {
        const row = await store.instanceForClaim(trx);
        checkToken(row, request.token);
        const at = new Date(clock.now());
        const organisationId = ids.next('org');
        const userId = ids.next('user');
        await store.insertOrganisation(trx, {
          id: organisationId,
          parent_id: null,
          name: request.organisation,
          language: request.language,
          retention_days: null,
          created_at: at,
        });
        await store.insertUser(trx, {
          id: userId,
          email: request.email,
          name: request.name,
          language: request.language,
          passphrase,
          created_at: at,
        });
        await store.insertMembership(trx, organisationId, userId, 'owner', at);
        const sample = await store.demonstrationOrganisation(trx);
        if (sample) await store.insertMembership(trx, sample.id, userId, 'owner', at);
        await declareMachine(trx, request.machine);
        await store.markClaimed(trx, at);
        await store.bump(trx, 'organisations');
        await context.record(trx, {
          kind: 'instance.claimed',
          at: isoTime(clock),
          organisation: organisationId,
          body: { country: request.machine.country },
        });
        return { userId, organisationId };
      });
    },
  };
}

function checkToken(row: { claim_hash: Buffer | null; claimed_at: Date | null }, token: string): void {
  if (row.claimed_at !== null || row.claim_hash === null) {
    throw new KulningError({
      code: 'claim.already_claimed',
      status: 409,
      message: 'This instance has an owner already.',
      hint: 'Sign in, or ask the owner to add you.',
    });
  }
  if (!timingSafeEqual(row.claim_hash, hashToken(token))) {
    throw new KulningError({
      code: 'claim.wrong_token',
      status: 403,
      message: 'This is not the token that the last start printed.',
      hint: 'Each start prints a new one until the instance is claimed; `kulning status` on the machine shows the address again.',
    });
  }
}
