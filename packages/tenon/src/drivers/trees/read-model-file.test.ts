import assert from "node:assert/strict";
import { test } from "node:test";
import { TenonError } from "../../base/error.ts";
import { randomBelow, seededRandom } from "../../base/random.ts";
import { createModelScorer } from "./model-scorer.ts";
import { readModelFile } from "./read-model-file.ts";
import { importedModels, publishedModel } from "./testing/golden-models.ts";
import { assertAnswers } from "./testing/model-case.ts";

const published = [
  publishedModel("lgb_credit_data_missing.json", 1e-9),
  publishedModel("lgb_credit_g_categorical.json", 1e-9),
  publishedModel("lgb_synth_multiclass.json", 1e-9),
  publishedModel("lgb_synth_numeric_100x31.json", 1e-9),
  publishedModel("lgb_synth_regression.json", 1e-9),
  publishedModel("xgb_synth_depth4.json", 1e-6),
];
const imported = importedModels();

for (const golden of [...published, ...imported]) {
  test(`a published model answers as its library does: ${golden.name}`, async () => {
    assert.equal(readModelFile(golden.bytes).format, golden.format);
    await assertAnswers(golden.bytes, golden);
  });
}

/** Reads a file that may be damaged: it is refused, or it answers a row; returns whether it was refused. */
function isRefused(bytes: Uint8Array): boolean {
  const startedAt = performance.now();
  try {
    const scorer = createModelScorer(readModelFile(bytes));
    scorer.predictRow(new Float64Array(scorer.width).fill(0.5), new Float64Array(scorer.answers));
    return false;
  } catch (thrown) {
    assert.ok(thrown instanceof TenonError && thrown.code === "model.file", String(thrown));
    assert.ok(thrown.message.length < 500, thrown.message.slice(0, 1_000));
    return true;
  } finally {
    assert.ok(performance.now() - startedAt < 2_000);
  }
}

test("a file that breaks off is refused, wherever it does", () => {
  const random = seededRandom(1);
  for (const { file, bytes } of imported) {
    const end = file.endsWith(".txt") ? Buffer.from(bytes).indexOf("end of trees") : bytes.length;
    for (let i = 0; i < 60; i++) {
      const length = randomBelow(random, end);
      assert.ok(isRefused(bytes.subarray(0, length)), `${file} of ${length} bytes`);
    }
  }
});

test("a file whose bytes were changed is refused or answers: it never hangs, crashes or takes memory", () => {
  const random = seededRandom(2);
  for (const { file, bytes } of imported) {
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      const changed = Buffer.from(bytes);
      for (let n = 1 + randomBelow(random, 4); n > 0; n--)
        changed[randomBelow(random, changed.length)] = randomBelow(random, 256);
      if (isRefused(changed)) refused++;
    }
    assert.ok(refused > 0, `${file}: no change was refused`);
  }
});

test("numbers of a text that were changed for hostile ones are refused or answer", () => {
  const random = seededRandom(3);
  const hostile = ["-1", "0", "7", "99999999999", "1e308", "-2147483648", "nan", "[]", "{}", '""', "null"];
  for (const { file, bytes } of imported.filter((each) => /txt|json/.test(each.file))) {
    const text = Buffer.from(bytes).toString();
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?(e-?\d+)?/g)];
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      const { index, 0: number } = numbers[randomBelow(random, numbers.length)]!;
      const other = hostile[randomBelow(random, hostile.length)]!;
      if (isRefused(Buffer.from(text.slice(0, index) + other + text.slice(index + number.length)))) refused++;
    }
    assert.ok(refused > 10, `${file}: ${refused} of 150 were refused`);
  }
});

/** A UBJSON list of a billion flags or numbers that are not there. */
const hugeList = (type: string): Buffer =>
  Buffer.concat([
    Buffer.from(`{L\0\0\0\0\0\0\0\x07learner[$${type}#l`),
    Buffer.from([0x3b, 0x9a, 0xca, 0]),
    Buffer.from("}"),
  ]);

const tree = (fields: string): Buffer =>
  Buffer.from(
    `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\nfeature_names=a\nfeature_infos=[0:1]\ntree_sizes=1\n\nTree=0\nnum_cat=0\n${fields}\n\nend of trees\n`,
  );

const refusals: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["an empty file", Buffer.alloc(0), /it is empty/],
  ["a pickle", Buffer.from([0x80, 4, 0x95]), /it is a pickle/],
  ["CatBoost's binary format", Buffer.from("CBM1...."), /format="json"/],
  ["JSON of something else", Buffer.from('{"a": 1}'), /something else/],
  ["a list that a file promises and does not hold", hugeList("d"), /longer than the rest/],
  ["flags without bytes", hugeList("T"), /longer than the rest/],
  ["lists in lists", Buffer.from(`{L\0\0\0\0\0\0\0\x01a${"[".repeat(100_000)}`), /nested deeper/],
  [
    "a list of a list of every two bytes",
    Buffer.from(`{"learner": [${"[],".repeat(4_000_001)}[]]}`),
    /lists and objects/,
  ],
  [
    "a cycle",
    tree(
      "num_leaves=3\nsplit_feature=0 0\nthreshold=1 2\ndecision_type=2 2\nleft_child=1 0\nright_child=-1 -2\nleaf_value=1 2 3",
    ),
    /tree 0 comes to its node 0 twice/,
  ],
  [
    "a child beyond the tree",
    tree("num_leaves=2\nsplit_feature=0\nthreshold=1\ndecision_type=2\nleft_child=9\nright_child=-1\nleaf_value=1 2"),
    /tree 0 leads to node 9 of 3/,
  ],
  [
    "leaves that are not there",
    tree("num_leaves=4000000\nleaf_value=1"),
    /tree 0: leaf_value has 1 numbers, not 4000000/,
  ],
  [
    "a column that is not there",
    tree("num_leaves=2\nsplit_feature=4\nthreshold=1\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=1 2"),
    /tree 0 reads column 4 of 1/,
  ],
  ["linear trees", tree("num_leaves=1\nleaf_value=1\nis_linear=1"), /linear_tree/],
  ["a leaf that is infinite", tree("num_leaves=1\nleaf_value=1e999"), /no finite value/],
];

for (const [name, bytes, message] of refusals) {
  test(`refused with what was found: ${name}`, () => {
    assert.throws(
      () => readModelFile(bytes),
      (thrown: TenonError) => thrown.code === "model.file" && message.test(thrown.message),
    );
  });
}
