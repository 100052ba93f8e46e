export type { ContentKeeper } from './call-seal.ts';
export { sealedJson } from './call-seal.ts';
export { createGateway } from './gateway.ts';
export { GatewayMetrics } from './gateway-metrics.ts';
export { SnapshotKeeper, type SnapshotSource } from './snapshot-keeper.ts';
export { createSnapshotSource } from './snapshot-store.ts';
export { type GatewayKey, keyDigest, type Snapshot } from './snapshot.ts';
