import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "./error.ts";
import { type Datatype, datatypeSizeBytes, isDatatype, type NumericDatatype, viewOf } from "./oip-datatype.ts";
import { readRawTensor, readTensorBody, type Tensor, textOf, writeTensorBody } from "./oip-tensor.ts";
import { type Random, randomBelow, seededRandom } from "./random.ts";

const names: readonly Datatype[] = Object.keys(datatypeSizeBytes).filter(isDatatype);
const numeric = names.filter((name): name is NumericDatatype => name !== "BYTES");
const wordOf = (random: Random): string =>
  Array.from({ length: randomBelow(random, 6) }, () => 'aé𝄞\u0000"\n'[randomBelow(random, 6)] ?? "x")
    .join("")
    .toWellFormed();

/** A tensor of random bytes; no NaN, which has many, and no flag that is neither. */
function randomTensor(random: Random, name: string): Tensor {
  const datatype = names[randomBelow(random, names.length)] ?? "FP32";
  const shape = Array.from({ length: randomBelow(random, 4) }, () => randomBelow(random, 4));
  const count = shape.reduce((product, size) => product * size, 1);
  if (datatype === "BYTES") return { name, datatype, shape, data: Array.from({ length: count }, () => wordOf(random)) };
  const bytes = Uint8Array.from({ length: count * datatypeSizeBytes[datatype] }, () =>
    randomBelow(random, datatype === "BOOL" ? 2 : 128),
  );
  if (datatype === "FP16" || datatype === "BF16") for (let i = 1; i < bytes.length; i += 2) bytes[i] &= 0x3b;
  return { name, datatype, shape, data: viewOf(datatype, bytes) };
}

const plain = (tensor: Tensor): unknown => ({
  ...tensor,
  parameters: undefined,
  data: tensor.datatype === "BYTES" ? tensor.data.map(textOf) : Array.from(tensor.data as Iterable<number | bigint>),
});

test("what is written is read again, in JSON and in binary, at every alignment", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 500; round++) {
    const tensors = Array.from({ length: randomBelow(random, 5) }, (_, i) => randomTensor(random, `t${i}`));
    const mixed = tensors.map((tensor) => ({ ...tensor, isBinary: random() < 0.6 }));
    const { body, headerBytes } = writeTensorBody({ id: "x" }, "inputs", mixed);
    const shift = randomBelow(random, 9);
    const moved = new Uint8Array(body.length + shift).subarray(shift);
    moved.set(body);
    const read = readTensorBody(moved, "inputs", headerBytes);
    assert.deepEqual(read.tensors.map(plain), tensors.map(plain), `round ${round}`);
    assert.equal(read.header.id, "x");
    if (headerBytes !== undefined) assert.equal(headerBytes % 8, 0);
  }
});

test("a body that is cut or altered anywhere is a clean error or another body, never a crash", () => {
  const random = seededRandom(12);
  let refused = 0;
  for (let round = 0; round < 4_000; round++) {
    const tensors = Array.from({ length: 1 + randomBelow(random, 3) }, (_, i) => ({
      ...randomTensor(random, `t${i}`),
      isBinary: random() < 0.7,
    }));
    const { body, headerBytes } = writeTensorBody({}, "inputs", tensors);
    const isCut = random() < 0.5;
    const altered = isCut ? body.subarray(0, randomBelow(random, body.length)) : Buffer.from(body);
    if (!isCut) for (let i = 0; i < 3; i++) altered[randomBelow(random, body.length)] = randomBelow(random, 256);
    try {
      readTensorBody(altered, "inputs", random() < 0.1 ? randomBelow(random, 1e6) - 5e5 : headerBytes);
      assert.ok(!isCut, "a cut body was read as if it were whole");
    } catch (thrown) {
      assert.ok(thrown instanceof TenonError, String(thrown));
      assert.ok(thrown.code === "tensor.invalid" || thrown.code === "body.unreadable");
      refused++;
    }
  }
  assert.ok(refused > 2_000, `${refused}`);
  for (let round = 0; round < 1_000; round++) {
    const noise = Uint8Array.from({ length: randomBelow(random, 80) }, () => randomBelow(random, 256));
    assert.throws(() => readTensorBody(noise, "inputs", randomBelow(random, 81)), TenonError);
  }
});

test("aligned numbers are views of the body; unaligned ones are copied once", () => {
  const tensor = { name: "x", datatype: "FP32", shape: [3], data: Float32Array.of(1, 2, 3), isBinary: true } as const;
  const { body, headerBytes } = writeTensorBody({}, "inputs", [tensor]);
  const aligned = new Uint8Array(body);
  const [view] = readTensorBody(aligned, "inputs", headerBytes).tensors;
  assert.ok(view?.datatype === "FP32" && view.data.buffer === aligned.buffer);
  const odd = new Uint8Array(body.length + 1).subarray(1);
  odd.set(body);
  const [copy] = readTensorBody(odd, "inputs", headerBytes).tensors;
  assert.ok(copy?.datatype === "FP32" && copy.data.buffer !== odd.buffer);
  assert.deepEqual([...copy.data], [1, 2, 3]);
});

const one = (tensor: object): Tensor | undefined =>
  readTensorBody(Buffer.from(JSON.stringify({ inputs: [{ name: "x", ...tensor }] })), "inputs").tensors[0];

test("whole numbers beyond 2^53 keep every digit", () => {
  const text = `{"inputs":[{"name":"x","datatype":"INT64","shape":[3],"data":[9223372036854775807,-9007199254740993,5]},
    {"name":"y","datatype":"UINT64","shape":[1],"data":[18446744073709551615]}]}`;
  const { tensors } = readTensorBody(Buffer.from(text), "inputs");
  assert.deepEqual(Array.from(tensors[0]?.data as Iterable<unknown>), [2n ** 63n - 1n, -(2n ** 53n) - 1n, 5n]);
  assert.deepEqual(Array.from(tensors[1]?.data as Iterable<unknown>), [2n ** 64n - 1n]);
  const { body } = writeTensorBody({}, "outputs", tensors);
  assert.match(body.toString(), /\[9223372036854775807,-9007199254740993,5\]/);
  assert.throws(() => one({ datatype: "INT64", shape: [1], data: [1e19] }), /no INT64/);
});

test("nested and flat data are one; NaN is null, or Python's token, and BF16 is rounded to even", () => {
  const nested = one({ datatype: "INT32", shape: [2, 1, 2], data: [[[1, 2]], [[3, 4]]] });
  assert.deepEqual(nested, one({ datatype: "INT32", shape: [2, 1, 2], data: [1, 2, 3, 4] }));
  assert.deepEqual(Array.from(one({ datatype: "FP64", shape: [2], data: [null, 2] })?.data as Float64Array), [NaN, 2]);
  const python = '{"id":"NaN","inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}]}';
  const { header, tensors } = readTensorBody(Buffer.from(python), "inputs");
  assert.deepEqual([header.id, Array.from(tensors[0]?.data as Float32Array)], ["NaN", [NaN]]);
  const half = { name: "x", datatype: "BF16", shape: [3], data: Float32Array.of(1.0078125, 1.00390625, NaN) } as const;
  const { body, headerBytes } = writeTensorBody({}, "inputs", [{ ...half, isBinary: true }]);
  const [read] = readTensorBody(body, "inputs", headerBytes).tensors;
  assert.deepEqual(Array.from(read?.data as Float32Array), [1.0078125, 1, NaN]);
});

test("texts are strings, bytes or base64; a raw body is one tensor", () => {
  assert.deepEqual(one({ datatype: "BYTES", shape: [2], data: ["ü", null] })?.data, ["ü", null]);
  const image = one({ datatype: "BYTES", shape: [1], data: ["/9g="], parameters: { content_type: "base64" } });
  assert.deepEqual(image?.data, [Buffer.from([255, 216])]);
  assert.deepEqual(readRawTensor(Buffer.from("abc"), "x", "BYTES").shape, [1]);
  const raw = readRawTensor(new Uint8Array(Float64Array.of(1, 2).buffer), "x", "FP64");
  assert.deepEqual([raw.shape, Array.from(raw.data as Float64Array)], [[2], [1, 2]]);
  assert.throws(() => readRawTensor(Buffer.alloc(7), "x", "FP64"), /no whole number of FP64/);
});

const bad: readonly [string, object, RegExp][] = [
  [
    "a shape beyond memory",
    { datatype: "FP32", shape: [2 ** 40, 10], data: [1] },
    /10995116277760 elements; "data" has 1/,
  ],
  ["a shape beyond numbers", { datatype: "FP32", shape: [2 ** 40, 2 ** 40], data: [1] }, /too many elements/],
  [
    "a binary part of a shape beyond memory",
    { datatype: "FP32", shape: [2 ** 40], parameters: { binary_data_size: 0 } },
    /are 4398046511104 bytes/,
  ],
  [
    "texts beyond memory",
    { datatype: "BYTES", shape: [2 ** 30], parameters: { binary_data_size: 0 } },
    /it takes 1000000/,
  ],
  ["a negative shape", { datatype: "FP32", shape: [-1], data: [1] }, /holds -1/],
  ["a shape of fractions", { datatype: "FP32", shape: [1.5], data: [1] }, /holds 1.5/],
  ["a shape of too many sizes", { datatype: "FP32", shape: new Array(17).fill(1), data: [1] }, /at most 16/],
  ["no shape", { datatype: "FP32", data: [1] }, /the shape is a list/],
  ["an unknown datatype", { datatype: "FP128", shape: [1], data: [1] }, /"FP128" is no datatype/],
  ["a datatype of the prototype", { datatype: "toString", shape: [1], data: [1] }, /no datatype/],
  ["no data", { datatype: "FP32", shape: [1] }, /"data" is no list/],
  ["ragged data", { datatype: "FP32", shape: [2, 2], data: [[1, 2], [3]] }, /not nested as its shape/],
  ["data nested deeper than its shape", { datatype: "FP32", shape: [1], data: [[1]] }, /no FP32/],
  ["a number that is a text", { datatype: "FP32", shape: [1], data: ["1"] }, /element 0 is "1", which is no FP32/],
  ["a float beyond its type", { datatype: "FP32", shape: [1], data: [1e39] }, /no FP32/],
  ["a byte of 300", { datatype: "UINT8", shape: [1], data: [300] }, /300, which is no UINT8/],
  ["a whole number with a fraction", { datatype: "INT64", shape: [1], data: [0.5] }, /no INT64/],
  ["a text that is a number", { datatype: "BYTES", shape: [1], data: [1] }, /no text/],
  [
    "a binary size that is a text",
    { datatype: "FP32", shape: [1], parameters: { binary_data_size: "4" } },
    /0 bytes are left/,
  ],
];
for (const [what, tensor, sentence] of bad)
  test(`${what} is refused with a sentence`, () => {
    assert.throws(() => one(tensor), sentence);
  });

test("every datatype reads its smallest and largest values", () => {
  for (const datatype of numeric) {
    const isFloat = /F/.test(datatype);
    const bits = 8 * datatypeSizeBytes[datatype];
    const min = datatype.startsWith("I") ? -(2n ** BigInt(bits - 1)) : 0n;
    const max = datatype === "BOOL" ? 1n : min + 2n ** BigInt(bits) - 1n;
    const text = isFloat ? "[-2, 0.5]" : `[${min},${max}]`;
    const body = `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[2],"data":${text}}]}`;
    const [tensor] = readTensorBody(Buffer.from(body), "inputs").tensors;
    const seen = Array.from(tensor?.data as Iterable<number | bigint>, String);
    assert.deepEqual(seen, isFloat ? ["-2", "0.5"] : [String(min), String(max)], datatype);
  }
});
