import type { Checkpoint } from './checkpoint.ts';
import type { VerifierKey } from './signed-note.ts';

/** Holds the private keys of this instance's logs. The sequencer sees this port alone. */
export interface LogSigner {
  /** Public keys under a name: the instance's for pinning, a log's origin for its signature lines. */
  verifierKeys(name: string): readonly VerifierKey[];
  /**
   * Signature lines over a checkpoint, under its origin as key name.
   * The caller must never let two inconsistent checkpoints of one origin be signed (C2SP tlog-checkpoint).
   */
  sign(checkpoint: Checkpoint, unixSeconds: number): string;
}
