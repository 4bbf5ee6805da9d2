import { readTensorBody, writeTensorBody } from "../src/base/oip-tensor.ts";
import { type BenchOptions, type BenchResult, median, spread } from "./bench-result.ts";

const targetMs = 0.3;
const shape = [1, 3, 224, 224];

/** A picture of 224 × 224 as a binary tensor, at the beginning of its memory and moved by one byte. */
function bodies() {
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => (i % 255) / 255);
  const tensor = { name: "image", datatype: "FP32", shape, data } as const;
  const { body, headerBytes } = writeTensorBody({ id: "1" }, "inputs", [{ ...tensor, isBinary: true }]);
  const aligned = new Uint8Array(body);
  const moved = new Uint8Array(body.length + 1).subarray(1);
  moved.set(body);
  const json = writeTensorBody({ id: "1" }, "inputs", [tensor]).body;
  return { aligned, moved, json, headerBytes };
}

/** Milliseconds of one parse with a look at each end: what is not read is not parsed. */
function parseMs(body: Uint8Array, headerBytes: number | undefined, times: number): number {
  const startedMs = performance.now();
  for (let i = 0; i < times; i++) {
    const [tensor] = readTensorBody(body, "inputs", headerBytes).tensors;
    if (tensor?.datatype !== "FP32" || tensor.data.length !== 150_528 || tensor.data[1] === 0)
      throw new RangeError("the tensor is not the one that was written");
  }
  return (performance.now() - startedMs) / times;
}

/** Parses a picture's binary tensor as other clients send it, which is copied once, and as Tenon's own do. */
export async function run(o: BenchOptions): Promise<BenchResult> {
  const { aligned, moved, json, headerBytes } = bodies();
  const times = o.quick ? 50 : 500;
  const copied: number[] = [];
  const viewed: number[] = [];
  const texts: number[] = [];
  parseMs(moved, headerBytes, times);
  for (let i = 0; i < o.runs; i++) {
    copied.push(parseMs(moved, headerBytes, times));
    viewed.push(parseMs(aligned, headerBytes, times));
    texts.push(parseMs(json, undefined, 3));
  }
  const ratio = median(copied) / targetMs;
  const figures = {
    "unaligned ms": spread(copied, 4),
    "aligned ms": spread(viewed, 4),
    "the same as JSON ms": spread(texts, 1),
  };
  return { bench: "oip-binary", figures, ratio, target: 1, met: ratio <= 1 };
}
