import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { readGoldenModel } from "./testing/golden.ts";
import { syntheticTable } from "./testing/synthetic-table.ts";
import { trainTrees } from "./train-trees.ts";
import { decodeTreeModel, encodeTreeModel } from "./tree-file.ts";
import type { TreeModel } from "./tree-model.ts";

const { model } = trainTrees(syntheticTable(500), { task: "binary", rounds: 3, leaves: 5 });
const withCategories = readGoldenModel("lgb_credit_g_categorical.json", "binary").model;
const corrupt = { code: "data.corrupt" };

test("a model comes back from its file, categories and all", () => {
  for (const one of [model, withCategories]) assert.deepEqual(decodeTreeModel(encodeTreeModel(one)), one);
});

test("equal models give equal bytes", () => {
  const again = decodeTreeModel(encodeTreeModel(withCategories));
  assert.deepEqual(encodeTreeModel(again), encodeTreeModel(withCategories));
});

test("a file in the middle of a larger buffer is read", () => {
  const file = encodeTreeModel(model);
  const larger = new Uint8Array(file.length + 13);
  larger.set(file, 5);
  assert.deepEqual(decodeTreeModel(larger.subarray(5, 5 + file.length)), model);
});

test("a file with any byte changed is refused", () => {
  const file = encodeTreeModel(model);
  for (let at = 0; at < file.length; at++) {
    if (at >= 8 && at < 12) continue;
    file[at]! ^= 0x10;
    assert.throws(() => decodeTreeModel(file), corrupt, `byte ${at}`);
    file[at]! ^= 0x10;
  }
});

test("a file that ends early or goes on is refused", () => {
  const file = encodeTreeModel(model);
  for (let length = 0; length < file.length; length += 7)
    assert.throws(() => decodeTreeModel(file.subarray(0, length)), corrupt);
  assert.throws(() => decodeTreeModel(Buffer.concat([file, Buffer.alloc(8)])), corrupt);
});

test("a later layout is told from damage", () => {
  const file = encodeTreeModel(model);
  file[8] = 2;
  assert.throws(() => decodeTreeModel(file), { code: "data.newer" });
});

const damages: Record<string, (model: TreeModel) => void> = {
  "a node that reads a column beyond the last": (m) => (m.column[0] = 28),
  "a node of an unknown kind": (m) => (m.kind[0] = 3),
  "a category node over a number column": (m) => (m.kind[0] = 2),
  "a threshold that is no number": (m) => (m.threshold[0] = Number.NaN),
  "a leaf value that is infinite": (m) => (m.leafValue[0] = Infinity),
  "a child before its parent": (m) => (m.left[1] = 0),
  "a leaf of another tree": (m) => (m.left[0] = ~(m.leafValue.length - 1)),
  "a leaf with two parents": (m) => m.right.fill(m.right.find((child) => child < 0)!, 0, m.nodeStart[1]),
  "a tree that begins after it ends": (m) => (m.nodeStart[1] = m.nodeStart[2]! + 1),
  "a negative count of rows": (m) => (m.leafRows[0] = -1),
  "a set beyond the sets": (m) => (m.setStart[0] = 9),
};

for (const [name, damage] of Object.entries(damages)) {
  test(`a whole file that holds ${name} is refused`, () => {
    const damaged = structuredClone(model);
    damage(damaged);
    const file = encodeTreeModel(damaged);
    if (name.includes("no number")) writeNan(file);
    assert.throws(() => decodeTreeModel(file), corrupt);
  });
}

/** The encoder writes 0 for NaN, so the first threshold is set in the file itself, and the digest made anew. */
function writeNan(file: Buffer): void {
  const thresholds = 16 + file.readUInt32LE(12) + 8;
  file.writeDoubleLE(Number.NaN, thresholds);
  const end = file.length - 32;
  createHash("sha256").update(file.subarray(0, end)).digest().copy(file, end);
}

test("a head that is not one is refused", () => {
  const heads = ["[]", "{", `{"task":"poetry"}`, `{"task":"binary","columns":[],"outputs":1,"about":{},"counts":{}}`];
  for (const head of heads) {
    const json = Buffer.from(head.padEnd(Math.ceil(head.length / 8) * 8));
    const start = Buffer.alloc(16);
    start.write("TNNTREES", "latin1");
    start.writeUInt32LE(1, 8);
    start.writeUInt32LE(json.length, 12);
    const content = Buffer.concat([start, json]);
    const file = Buffer.concat([content, createHash("sha256").update(content).digest()]);
    assert.throws(() => decodeTreeModel(file), corrupt, head);
  }
});
