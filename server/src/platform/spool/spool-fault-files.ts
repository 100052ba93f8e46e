import type { SpoolFile, SpoolFiles } from './spool-files.ts';
import { SECTOR_BYTES } from './spool-frame.ts';

export interface FaultPlan {
  /** The operation during which the power goes; Infinity never. */
  readonly cutAt: number;
  /** Operations (counted from 1) that fail with EIO half-way. */
  readonly ioErrorsAt?: ReadonlySet<number>;
  /** ENOSPC beyond this many bytes in all files. */
  readonly diskBytes?: number;
  /** A disk that says "durable" and has not written yet: to show that the proof would notice. */
  readonly lies?: boolean;
  /** Which sectors of an unfinished write, and which unsynced names, made it: a source of true and false. */
  readonly coin: () => boolean;
}

interface Inode {
  bytes: Buffer;
}

/**
 * A disk in memory that behaves as badly as POSIX allows: a name exists for sure only after its directory was
 * synced, and a write that did not end leaves any subset of its sectors. `afterPowerCut` is what the next boot finds.
 */
export class FaultFiles implements SpoolFiles {
  readonly #plan: FaultPlan;
  readonly powerCut: Promise<void>;
  #cutPower: () => void = () => undefined;
  #operations = 0;
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();

  constructor(plan: FaultPlan) {
    this.#plan = plan;
    this.powerCut = new Promise((resolve) => (this.#cutPower = resolve));
  }

  get operations(): number {
    return this.#operations;
  }

  /** The same disk in the next boot. */
  afterPowerCut(): FaultFiles {
    const next = new FaultFiles({ cutAt: Infinity, coin: this.#plan.coin });
    const paths = new Set([...this.#names.keys(), ...this.#durableNames.keys()]);
    for (const path of paths) {
      const survivor = this.#plan.coin() ? this.#names.get(path) : this.#durableNames.get(path);
      if (survivor) next.#names.set(path, { bytes: Buffer.from(survivor.bytes) });
    }
    next.#durableNames = new Map(next.#names);
    return next;
  }

  async makeDirectory(): Promise<void> {
    await this.#step();
  }

  async list(directory: string): Promise<string[]> {
    await this.#step();
    return [...this.#names.keys()]
      .filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1));
  }

  async create(path: string): Promise<SpoolFile> {
    await this.#step();
    if (this.#names.has(path)) throw errno('EEXIST');
    const inode = { bytes: Buffer.alloc(0) };
    this.#names.set(path, inode);
    return this.#file(inode);
  }

  async open(path: string): Promise<SpoolFile> {
    await this.#step();
    const inode = this.#names.get(path);
    if (!inode) throw errno('ENOENT');
    return this.#file(inode);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step();
    const inode = this.#names.get(from);
    if (!inode) throw errno('ENOENT');
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  async remove(path: string): Promise<void> {
    await this.#step();
    this.#names.delete(path);
  }

  async removeDirectory(directory: string): Promise<void> {
    await this.#step();
    for (const path of this.#names.keys()) if (path.startsWith(`${directory}/`)) this.#names.delete(path);
  }

  async syncDirectory(): Promise<void> {
    await this.#step();
    this.#durableNames = new Map(this.#names);
  }

  #file(inode: Inode): SpoolFile {
    return {
      writeDurably: async (bytes, position) => {
        // Copied now: the caller may use its buffer again.
        const wanted = Buffer.from(bytes);
        if (this.#plan.lies)
          return void this.#step().then(() => this.#write(inode, wanted, position, 'whole'));
        try {
          await this.#step(() => this.#write(inode, wanted, position, 'torn'));
        } catch (error) {
          this.#write(inode, wanted, position, 'torn');
          throw error;
        }
        this.#write(inode, wanted, position, 'whole');
      },
      read: async (position, length) => {
        await this.#step();
        return Buffer.from(inode.bytes.subarray(position, position + length));
      },
      close: () => this.#step(),
    };
  }

  #write(inode: Inode, bytes: Buffer, position: number, kind: 'whole' | 'torn'): void {
    const growth = Math.max(0, position + bytes.length - inode.bytes.length);
    if (growth > 0) {
      let used = 0;
      for (const each of new Set(this.#names.values())) used += each.bytes.length;
      if (used + growth > (this.#plan.diskBytes ?? Infinity)) throw errno('ENOSPC');
      inode.bytes = Buffer.concat([inode.bytes, Buffer.alloc(growth)]);
    }
    for (let offset = 0; offset < bytes.length; offset += SECTOR_BYTES)
      if (kind === 'whole' || this.#plan.coin())
        bytes.copy(inode.bytes, position + offset, offset, Math.min(offset + SECTOR_BYTES, bytes.length));
  }

  /** One operation of the disk. From the cut on nothing answers: neither good nor bad news reaches the caller. */
  async #step(atTheCut?: () => void): Promise<void> {
    const operation = ++this.#operations;
    await new Promise((resolve) => setImmediate(resolve));
    if (operation === this.#plan.cutAt) {
      atTheCut?.();
      this.#cutPower();
    }
    if (operation >= this.#plan.cutAt) await new Promise(() => undefined);
    if (this.#plan.ioErrorsAt?.has(operation)) throw errno('EIO');
  }
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}
