import type { Language, Role, Scope } from '@kulning/sdk';
import type { ColumnType } from 'kysely';

import type { DataClass } from '../../core/placement/facts.ts';

/** Written as ISO text or Date, read as Date. */
type Time = ColumnType<Date, Date | string, Date | string>;
type OptionalTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export interface OrganisationTable {
  id: string;
  parent_id: string | null;
  name: string;
  language: Language;
  demonstration: ColumnType<boolean, boolean | undefined, boolean>;
  revenue_eur: ColumnType<string | null, number | null | undefined, number | null>;
  retention_days: number | null;
  created_at: Time;
}

export interface UserTable {
  id: string;
  email: string;
  name: string;
  language: Language;
  passphrase: string;
  failed_logins: ColumnType<number, number | undefined, number>;
  locked_until: OptionalTime;
  created_at: Time;
}

export interface MembershipTable {
  organisation_id: string;
  user_id: string;
  role: Role;
  created_at: Time;
}

export interface KeyTable {
  id: string;
  organisation_id: string;
  name: string;
  hash: Buffer;
  prefix: string;
  scopes: Scope[];
  data_class: DataClass | null;
  purpose: string;
  created_by: string | null;
  created_at: Time;
  expires_at: OptionalTime;
  revoked_at: OptionalTime;
  last_used_at: OptionalTime;
}

export interface SessionTable {
  id: string;
  user_id: string;
  organisation_id: string;
  hash: Buffer;
  created_at: Time;
  expires_at: Time;
}

export interface InstanceTable {
  only_row: ColumnType<boolean, never, never>;
  id: string;
  created_at: Time;
  claim_hash: Buffer | null;
  claimed_at: OptionalTime;
}

/** Tables that this slice owns. */
export interface IdentityTables {
  'kulning.organisation': OrganisationTable;
  'kulning.app_user': UserTable;
  'kulning.membership': MembershipTable;
  'kulning.api_key': KeyTable;
  'kulning.session': SessionTable;
  'kulning.instance': InstanceTable;
}
