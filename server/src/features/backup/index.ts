import { backupOperations } from '@kulning/sdk';

import { type Route, route } from '../../platform/http/route.ts';
import { type BackupDeps, type BackupService, createBackupService } from './backup-service.ts';

export { verifyBackup } from './backup-manifest.ts';
export { restoreBackup } from './backup-restore.ts';
export { createBackup } from './backup-writer.ts';
export { createRenewal } from './backup-renewal.ts';
export { moveInstance } from './instance-move.ts';

export interface BackupFeature {
  readonly service: BackupService;
  readonly routes: readonly Route[];
}

export function createBackupFeature(deps: BackupDeps): BackupFeature {
  const service = createBackupService(deps);
  return {
    service,
    routes: [
      route(backupOperations.create, () => service.create()),
      route(backupOperations.list, async () => ({ items: [...(await service.list())] })),
    ],
  };
}
