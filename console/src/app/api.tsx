import {
  createClient,
  KulningError,
  type Client,
  type ClientInput,
  type Operation,
  type OperationResult,
} from '@kulning/sdk';
import {
  keepPreviousData,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { createContext, use, useMemo, type ReactNode } from 'react';

import { useSpeech } from '../words/words.tsx';
import type { Language } from '../words/format.ts';

const ApiContext = createContext<Client | undefined>(undefined);

const staleMs = 5_000;
/** How soon a question that failed on the way is asked again, by itself, as long as its screen is open. */
const recoverMs = 3_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Kulning is often on this very machine: it answers when the browser believes that it is offline.
      queries: {
        staleTime: staleMs,
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && isPassing(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** What a while will mend: a process that restarts, a database that comes back. */
const isPassing = (error: unknown) => error instanceof KulningError && error.retryable;

/** The page and the API share an origin, so the address is empty and the session cookie does the rest. */
export const browserClient = (language: Language): Client => createClient({ baseUrl: '', language });

export function ApiProvider({ children }: { readonly children: ReactNode }) {
  const { language } = useSpeech();
  const client = useMemo(() => browserClient(language), [language]);
  return <ApiContext value={client}>{children}</ApiContext>;
}

export function useClient(): Client {
  const client = use(ApiContext);
  if (!client) throw new Error('The API is used outside <ApiProvider>.');
  return client;
}

type Input<O extends Operation> = object extends ClientInput<O> ? ClientInput<O> | undefined : ClientInput<O>;

/** Words in answers depend on the language, so it is a part of the key. */
export const operationKey = (operation: Operation, input: unknown, language: Language) =>
  [operation.id, language, input ?? null] as const;

export function operationQuery<const O extends Operation>(
  client: Client,
  language: Language,
  operation: O,
  input: Input<O>,
) {
  const call = client.call as (operation: O, input: Input<O>) => Promise<OperationResult<O>>;
  return queryOptions<OperationResult<O>, KulningError>({
    queryKey: operationKey(operation, input, language),
    queryFn: () => call(operation, input),
  });
}

interface Reading<T> {
  /** False leaves the question unasked, as when the reader may not ask it. */
  readonly enabled?: boolean;
  readonly refetchMs?: number;
  /** Ends the asking again. */
  readonly until?: (value: T) => boolean;
  /** Keep showing the last answer while the next one comes: filters do not make a screen blink. */
  readonly keep?: boolean;
  /** Asked once, since asking leaves an entry in the ledger; and forgotten with the screen, since it is about a person. */
  readonly once?: boolean;
}

export type Answer<T> = UseQueryResult<T, KulningError>;

/** Reads by one operation of the contract. */
export function useOperation<const O extends Operation>(
  operation: O,
  input: Input<O>,
  reading: Reading<OperationResult<O>> = {},
): Answer<OperationResult<O>> {
  const client = useClient();
  const { language } = useSpeech();
  return useQuery({
    ...operationQuery(client, language, operation, input),
    enabled: reading.enabled ?? true,
    refetchInterval: ({ state }) => {
      if (isPassing(state.error)) return recoverMs;
      return state.data !== undefined && reading.until?.(state.data) === true
        ? false
        : (reading.refetchMs ?? false);
    },
    ...(reading.keep === true && { placeholderData: keepPreviousData }),
    ...(reading.once === true && {
      staleTime: Infinity,
      gcTime: 0,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    }),
  });
}

/** Acts by one operation; what the named operations had answered is asked again. */
export function useAct<const O extends Operation>(operation: O, changes: readonly Operation[] = []) {
  const client = useClient();
  const queries = useQueryClient();
  const call = client.call as (operation: O, input: Input<O>) => Promise<OperationResult<O>>;
  return useMutation<OperationResult<O>, KulningError, Input<O>>({
    mutationFn: (input) => call(operation, input),
    onSuccess: () => Promise.all(changes.map(({ id }) => queries.invalidateQueries({ queryKey: [id] }))),
  });
}
