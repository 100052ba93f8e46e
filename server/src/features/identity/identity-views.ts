import type { identityOperations, OperationResult, Scope } from '@kulning/sdk';

import type { KeyRow, MemberRow, OrganisationRow, UserRow } from './identity-store.ts';

type Organisation = OperationResult<typeof identityOperations.updateOrganisation>;
type Key = OperationResult<typeof identityOperations.revokeKey>;
type Member = OperationResult<typeof identityOperations.addMember>;
export type Me = OperationResult<typeof identityOperations.me>;

const time = (date: Date | null) => date?.toISOString() ?? null;

export function viewOrganisation(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    parentId: row.parent_id,
    name: row.name,
    language: row.language,
    demonstration: row.demonstration,
    revenueEur: row.revenue_eur === null ? null : Number(row.revenue_eur),
    retentionDays: row.retention_days,
    createdAt: row.created_at.toISOString(),
  };
}

export function viewKey(row: KeyRow): Key {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    dataClass: row.data_class,
    purpose: row.purpose,
    createdAt: row.created_at.toISOString(),
    expiresAt: time(row.expires_at),
    revokedAt: time(row.revoked_at),
    lastUsedAt: time(row.last_used_at),
  };
}

export function viewMember(row: MemberRow): Member {
  return {
    userId: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    since: row.created_at.toISOString(),
  };
}

export function viewMe(
  user: UserRow | undefined,
  organisation: OrganisationRow,
  scopes: Iterable<Scope>,
  organisations: Me['organisations'],
): Me {
  return {
    user: user ? { id: user.id, email: user.email, name: user.name, language: user.language } : null,
    organisation: viewOrganisation(organisation),
    scopes: [...scopes],
    organisations,
  };
}
