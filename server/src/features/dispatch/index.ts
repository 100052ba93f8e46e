export type { Dispatcher } from 'undici';
export type {
  BegunCall,
  CallHandling,
  CallIntent,
  CallRoute,
  CallSettlement,
  FigureJson,
  GuardFound,
  SealedJson,
  SettlementSink,
  SubjectJson,
} from './call-record.ts';
export { Dispatch, type DispatchGround, type Refusal, type Refused, type Reservation } from './dispatch.ts';
export { neverSent } from './engine-pools.ts';
