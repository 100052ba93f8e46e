/**
 * Counts sealed bytes that are not in the database yet, by organisation and epoch: an epoch's key must not die while
 * a spool still holds a record that it wraps. A gateway calls `hold` in the same turn as `seal`, and `release` when
 * the record's row has committed; on start it holds what its spool has kept.
 */
export interface EpochUse {
  hold(organisationId: string, epoch: number): void;
  release(organisationId: string, epoch: number): void;
  /** The oldest epoch that is still needed; undefined when none is. */
  oldest(organisationId: string): number | undefined;
  organisations(): readonly string[];
}

export function createEpochUse(): EpochUse {
  const counts = new Map<string, Map<number, number>>();
  const change = (organisationId: string, epoch: number, by: number) => {
    const epochs = counts.get(organisationId) ?? new Map<number, number>();
    const count = (epochs.get(epoch) ?? 0) + by;
    if (count > 0) epochs.set(epoch, count);
    else epochs.delete(epoch);
    if (epochs.size > 0) counts.set(organisationId, epochs);
    else counts.delete(organisationId);
  };
  return {
    hold: (organisationId, epoch) => change(organisationId, epoch, 1),
    release: (organisationId, epoch) => change(organisationId, epoch, -1),
    oldest: (organisationId) => {
      const epochs = counts.get(organisationId);
      return epochs && Math.min(...epochs.keys());
    },
    organisations: () => [...counts.keys()],
  };
}
