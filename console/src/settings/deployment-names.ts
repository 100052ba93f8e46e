import { deploymentsOperations, sitesOperations } from '@kulning/sdk';

import { useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useWords } from '../words/words.tsx';

interface DeploymentName {
  readonly model: string;
  readonly site: string;
}

/** What people call a deployment: its model, and the site that serves it. By id. */
export function useDeploymentNames(enabled = true): ReadonlyMap<string, DeploymentName> {
  const words = useWords();
  const deployments = useOperation(deploymentsOperations.list, undefined, { enabled });
  const sites = useOperation(sitesOperations.list, undefined, { enabled });
  const siteNames = new Map(sites.data?.items.map(({ id, name }) => [id, siteName(name, words)]));
  return new Map(
    deployments.data?.items.map(({ id, model, siteId }) => [
      id,
      { model, site: siteNames.get(siteId) ?? siteId },
    ]),
  );
}
