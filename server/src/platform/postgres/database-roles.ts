/** What a pool may do: `app` serves (row-level security), `sequencer` writes the ledger, `migrator` owns the schema. */
export type DatabaseRole = 'app' | 'sequencer' | 'migrator';

export const databaseRoles: readonly DatabaseRole[] = ['app', 'sequencer', 'migrator'];

/**
 * The SQL, one statement each, that makes the roles; repeatable. It is what the embedded server runs on itself, what
 * the migrator tries when it may, and what a DBA is asked to run otherwise. `login` is the user that processes log in
 * as; it inherits nothing and takes one of the three roles on each connection.
 */
export function rolesSql(login: string): readonly string[] {
  return databaseRoles.flatMap((role) => [
    `do $$ begin create role kulning_${role} nologin noinherit; exception when duplicate_object then null; end $$`,
    `grant kulning_${role} to ${quoteIdentifier(login)}`,
  ]);
}

/** Run in the database that Kulning is to use, after `rolesSql`: only the migrator may create, and nobody else looks around. */
export function databaseSql(database: string, login: string): readonly string[] {
  return [
    `revoke all on database ${quoteIdentifier(database)} from public`,
    `grant connect on database ${quoteIdentifier(database)} to ${quoteIdentifier(login)}`,
    ...databaseRoles.map(
      (role) => `grant connect, temporary on database ${quoteIdentifier(database)} to kulning_${role}`,
    ),
    `grant create on database ${quoteIdentifier(database)} to kulning_migrator`,
    'revoke all on schema public from public',
  ];
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
