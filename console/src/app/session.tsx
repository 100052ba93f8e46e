import type { identityOperations, OperationResult, Scope } from '@kulning/sdk';
import { createContext, use, type ReactNode } from 'react';

export type Session = OperationResult<typeof identityOperations.me>;

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({
  session,
  children,
}: {
  readonly session: Session;
  readonly children: ReactNode;
}) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('The session is used outside the signed-in part of the console.');
  return session;
}

/** What the reader may do; a screen hides nothing, but says which right is missing. */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}
