import type { Logger } from '../../platform/log/logger.ts';
import type { BackupService } from './backup-service.ts';

export interface RenewalOptions {
  readonly service: BackupService;
  /** When the last erasure was completed; undefined: none was. */
  readonly lastErasureAt: () => Promise<Date | undefined>;
  readonly log: Logger;
}

/**
 * Makes a backup after an erasure, where there are backups: those from before it hold the organisation's other content
 * under a key that died with the erasure. It looks at what is in the folder, so it makes up for what a crash cut off;
 * it makes at most one backup for one erasure however wrong the clock is.
 * @returns what to call now and then
 */
export function createRenewal({ service, lastErasureAt, log }: RenewalOptions): () => Promise<void> {
  let settledAt = 0;
  return async () => {
    const erasedAt = (await lastErasureAt())?.getTime() ?? 0;
    if (erasedAt <= settledAt) return;
    const [newest] = await service.list();
    if (newest !== undefined && Date.parse(newest.createdAt) <= erasedAt) {
      const { name } = await service.create();
      log.info('backup.renewed_after_erasure', { backup: name });
    }
    // A folder without backups stays so: the first one that somebody makes there is newer than the erasure.
    settledAt = erasedAt;
  };
}
