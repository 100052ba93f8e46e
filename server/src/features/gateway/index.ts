export type { ContentKeeper } from './call-seal.ts';
export { sealedJson } from './call-seal.ts';
export { createGateway, type Gateway, type GatewayDeps } from './gateway.ts';
export { GatewayMetrics } from './gateway-metrics.ts';
export { SnapshotKeeper, type SnapshotSource, type SnapshotWatch } from './snapshot-keeper.ts';
export { createSnapshotSource, type SnapshotReaders } from './snapshot-store.ts';
export {
  type GatewayKey,
  type GatewayOrganisation,
  type GatewayPlaces,
  keyDigest,
  type Snapshot,
} from './snapshot.ts';
