/**
 * Writes GGUF version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) with float32 tensors: little
 * endian, metadata, tensor directory, then the tensors, each aligned to 32 bytes.
 */
export type GgufEntry =
  | readonly [key: string, type: 'uint32' | 'float32', value: number]
  | readonly [key: string, type: 'bool', value: boolean]
  | readonly [key: string, type: 'string', value: string]
  | readonly [key: string, type: 'string[]', value: readonly string[]]
  | readonly [key: string, type: 'float32[]' | 'int32[]', value: readonly number[]];

export interface GgufTensor {
  readonly name: string;
  /** Fastest first: the length of a row comes before the number of rows. */
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
}

const ALIGNMENT = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 };
const ELEMENT = { 'string[]': TYPE.string, 'float32[]': TYPE.float32, 'int32[]': TYPE.int32 };

export function encodeGguf(entries: readonly GgufEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  const header = [
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.map(entryBytes),
  ];
  let offset = 0;
  for (const tensor of tensors) {
    header.push(
      string(tensor.name),
      uint32(tensor.dimensions.length),
      ...tensor.dimensions.map(uint64),
      uint32(0),
      uint64(offset),
    );
    offset = aligned(offset + tensor.values.byteLength);
  }
  const parts = [padded(Buffer.concat(header))];
  for (const { values } of tensors)
    parts.push(padded(Buffer.from(values.buffer, values.byteOffset, values.byteLength)));
  return Buffer.concat(parts);
}

function entryBytes(entry: GgufEntry): Buffer {
  const [key, type, value] = entry;
  switch (type) {
    case 'uint32':
      return Buffer.concat([string(key), uint32(TYPE.uint32), uint32(value)]);
    case 'float32':
      return Buffer.concat([string(key), uint32(TYPE.float32), float32(value)]);
    case 'bool':
      return Buffer.concat([string(key), uint32(TYPE.bool), Buffer.from([value ? 1 : 0])]);
    case 'string':
      return Buffer.concat([string(key), uint32(TYPE.string), string(value)]);
    case 'string[]':
      return Buffer.concat([...arrayHead(key, type, value.length), ...value.map(string)]);
    case 'float32[]':
      return Buffer.concat([...arrayHead(key, type, value.length), ...value.map(float32)]);
    case 'int32[]':
      return Buffer.concat([...arrayHead(key, type, value.length), ...value.map(uint32)]);
  }
}

function arrayHead(key: string, type: keyof typeof ELEMENT, length: number): Buffer[] {
  return [string(key), uint32(TYPE.array), uint32(ELEMENT[type]), uint64(length)];
}

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const padded = (bytes: Buffer) => Buffer.concat([bytes], aligned(bytes.length));

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint64(bytes.length), bytes]);
}
