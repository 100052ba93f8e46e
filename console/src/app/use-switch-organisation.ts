import { identityOperations } from '@kulning/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

import { useAct } from './api.tsx';

/** Acts in another organisation from now on, and goes to `href` there. */
export function useSwitchOrganisation() {
  const queries = useQueryClient();
  const router = useRouter();
  const act = useAct(identityOperations.switchOrganisation);
  const change = (organisationId: string, href = '/') =>
    act.mutate(
      { body: { organisationId } },
      {
        // Nothing of one organisation may be seen under the name of another: every answer is dropped, not refreshed.
        onSuccess: () => void router.navigate({ href }).then(() => queries.resetQueries()),
      },
    );
  return { change, error: act.error, isPending: act.isPending };
}
