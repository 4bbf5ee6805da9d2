const shortText = 40;

/** Writes numbers and texts into a buffer that grows; little-endian. Reused between records. */
export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** UTF-8 behind its length in bytes. */
  text(value: string): void {
    const bytesMax = value.length * 3;
    this.#reserve(bytesMax + 4);
    if (value.length <= shortText && this.#shortAscii(value)) return;
    const written = this.#bytes.write(value, this.#length + 4, "utf8");
    this.#view.setUint32(this.#length, written, true);
    this.#length += 4 + written;
  }

  /** Writes a short text of ASCII alone without the way into native code; false for any other. */
  #shortAscii(value: string): boolean {
    const start = this.#length + 4;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) return false;
      this.#bytes[start + i] = unit;
    }
    this.#view.setUint32(this.#length, value.length, true);
    this.#length = start + value.length;
    return true;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length + 4);
    this.#view.setUint32(this.#length, value.length, true);
    this.#bytes.set(value, this.#length + 4);
    this.#length += 4 + value.length;
  }

  /** Writes over a number that was written before. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(this.#length);
    copy.set(this.#bytes.subarray(0, this.#length));
    return copy;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads what `ByteWriter` wrote. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get at(): number {
    return this.#at;
  }

  u8(): number {
    return this.#bytes[this.#at++]!;
  }

  u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  f64(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  text(): string {
    const length = this.u32();
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }

  bytes(): Uint8Array {
    const length = this.u32();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
