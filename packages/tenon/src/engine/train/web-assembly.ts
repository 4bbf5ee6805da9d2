/** Memory of a kernel, in pages of 64 KiB. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of WebAssembly that training uses: TypeScript's library for servers does not declare it. */
interface Platform {
  readonly Memory: new (o: { initial: number; maximum: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, KernelMemory>>,
  ) => { readonly exports: Record<string, unknown> };
}

export const webAssembly: Platform = Reflect.get(globalThis, "WebAssembly");
