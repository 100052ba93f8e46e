/** What a caller may do. A key or a session holds a set of these; a role is a named set. */
export const scopes = [
  'calls:create',
  'calls:read',
  'files:read',
  'files:write',
  'batches:read',
  'batches:write',
  'models:read',
  'models:write',
  'sites:read',
  'sites:write',
  'policy:read',
  'policy:write',
  'content:read',
  'content:write',
  'prompts:write',
  'receipts:read',
  'ledger:read',
  'subjects:read',
  'subjects:erase',
  'keys:read',
  'keys:write',
  'limits:read',
  'limits:write',
  'prices:write',
  'members:read',
  'members:write',
  'organisations:read',
  'organisations:write',
  'instance:read',
  'instance:write',
] as const;

export type Scope = (typeof scopes)[number];

export const roles = ['owner', 'admin', 'developer', 'operator', 'dpo', 'auditor', 'member'] as const;

export type Role = (typeof roles)[number];

const reading = scopes.filter((scope) => scope.endsWith(':read'));

/** What concerns everybody on an instance; an organisation under another, and the sample company, never hold these. */
export const instanceWideScopes: ReadonlySet<Scope> = new Set<Scope>([
  'sites:write',
  'policy:write',
  'models:write',
  'prices:write',
  'instance:read',
  'instance:write',
]);

/** Roles as sets of scopes. Erasing a person is for the owner and the data protection officer alone. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  owner: scopes,
  admin: scopes.filter((scope) => scope !== 'subjects:erase'),
  developer: [
    'calls:create',
    'calls:read',
    'files:read',
    'files:write',
    'batches:read',
    'batches:write',
    'models:read',
    'models:write',
    'sites:read',
    'policy:read',
    'content:read',
    'prompts:write',
    'receipts:read',
    'keys:read',
    'keys:write',
    'limits:read',
    'organisations:read',
  ],
  operator: [
    'calls:read',
    'batches:read',
    'models:read',
    'models:write',
    'sites:read',
    'sites:write',
    'policy:read',
    'receipts:read',
    'limits:read',
    'prices:write',
    'instance:read',
    'organisations:read',
  ],
  dpo: [...reading, 'subjects:erase', 'policy:write', 'content:write'],
  auditor: reading.filter((scope) => scope !== 'subjects:read' && scope !== 'files:read'),
  member: ['calls:create', 'models:read', 'sites:read', 'policy:read', 'receipts:read', 'organisations:read'],
};
