/** Memory that grows by pages of 64 KiB. It is made shared, because arrays over it then stay valid when it grows. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** The part of WebAssembly that training uses: TypeScript's library for servers does not declare it. */
interface Platform {
  readonly Memory: new (o: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, SharedMemory>>,
  ) => { readonly exports: Record<string, unknown> };
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: Platform }).WebAssembly;
