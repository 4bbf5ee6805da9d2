import { limit } from "../../base/limit.ts";
import { isCategorySplit, splitKind, type TreeEnsemble } from "./tree-ensemble.ts";

/** A split as a file tells it. */
export interface Split {
  readonly column: number;
  readonly kind: number;
  /** NaN of a category's split. */
  readonly threshold: number;
  /** Places of the children. */
  readonly left: number;
  readonly right: number;
  /** Of a category's split: one bit a code, in words of 32 bits. */
  readonly set?: ArrayLike<number>;
}

/** A tree as it lies in a file: splits and leaves at places from 0 on, in any order. */
export interface TreeDraft {
  readonly places: number;
  readonly root: number;
  /** The score that its leaf is added to; the first of them where a leaf has several values. */
  readonly output: number;
  /** The split at a place, or undefined for a leaf. */
  splitAt(place: number): Split | undefined;
  /** The value of a leaf, of several the one numbered `i`. */
  leafAt(place: number, i: number): number;
}

/** Throws; called with what was found. */
export type RefuseModel = (found: string) => never;

type Sums = Pick<TreeEnsemble, "width" | "outputs" | "isSingle" | "start" | "divisor" | "scale" | "bias" | "leafWidth">;

/** Gathers trees from a file that nobody vouches for: what `finish` returns can be walked without checks. */
export class EnsembleBuilder {
  readonly #sums: Sums;
  readonly #refuse: RefuseModel;
  readonly #nodes = { column: [0], kind: [0], threshold: [0], left: [0], right: [0], setStart: [0], setLength: [0] };
  readonly #sets: number[] = [];
  readonly #leafValue: number[] = [];
  readonly #nodeStart = [0];
  readonly #leafStart = [0];
  readonly #treeOutput: number[] = [];
  #nodeCount = 0;

  constructor(sums: Sums, refuse: RefuseModel) {
    this.#sums = sums;
    this.#refuse = refuse;
    for (const list of Object.values(this.#nodes)) list.length = 0;
    for (const numbers of [sums.start, sums.bias, [sums.divisor, sums.scale]])
      if (!numbers.every(Number.isFinite)) refuse("a score that rows begin with is no finite number");
  }

  get trees(): number {
    return this.#treeOutput.length;
  }

  /** Adds a tree; its nodes are numbered anew, each behind its parent. */
  add(tree: TreeDraft): void {
    const { outputs, leafWidth } = this.#sums;
    const number = this.trees;
    if (!(tree.output >= 0 && tree.output + leafWidth <= outputs))
      this.#refuse(`tree ${number} adds to score ${tree.output} of ${outputs}`);
    const seen = new Uint8Array(tree.places);
    // A place and where its number is written: the parent's side, or nowhere for the root.
    const waiting: { place: number; parent: number; side: "left" | "right" }[] = [
      { place: tree.root, parent: -1, side: "left" },
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { place, parent, side } = next;
      if (!(Number.isInteger(place) && place >= 0 && place < tree.places))
        this.#refuse(`tree ${number} leads to node ${place} of ${tree.places}`);
      if (seen[place] === 1) this.#refuse(`tree ${number} comes to its node ${place} twice`);
      seen[place] = 1;
      const split = tree.splitAt(place);
      const at = split === undefined ? this.#addLeaf(tree, place) : this.#addSplit(split, number);
      if (parent >= 0) this.#nodes[side][parent] = at;
      if (split === undefined) continue;
      waiting.push({ place: split.right, parent: at, side: "right" }, { place: split.left, parent: at, side: "left" });
    }
    this.#nodeStart.push(this.#nodeCount);
    this.#leafStart.push(this.#leafValue.length / leafWidth);
    this.#treeOutput.push(tree.output);
  }

  #addLeaf(tree: TreeDraft, place: number): number {
    const { leafWidth, isSingle } = this.#sums;
    for (let i = 0; i < leafWidth; i++) {
      const value = tree.leafAt(place, i);
      if (!Number.isFinite(value)) this.#refuse(`a leaf of tree ${this.trees} has no finite value`);
      this.#leafValue.push(isSingle ? Math.fround(value) : value);
    }
    this.#checkSize();
    return ~(this.#leafValue.length / leafWidth - 1);
  }

  #addSplit({ column, kind, threshold, set = [] }: Split, tree: number): number {
    const { width } = this.#sums;
    if (!(Number.isInteger(column) && column >= 0 && column < width))
      this.#refuse(`tree ${tree} reads column ${column} of ${width}`);
    if (!(kind >= 0 && kind <= splitKind.equalMissingLeft)) this.#refuse(`tree ${tree} has a split of kind ${kind}`);
    if (!isCategorySplit(kind) && (typeof threshold !== "number" || Number.isNaN(threshold)))
      this.#refuse(`a split of tree ${tree} has no threshold`);
    if (this.#sets.length + set.length > limit.modelSetWordsMax)
      this.#refuse(`its sets of categories take more than ${limit.modelSetWordsMax} words`);
    const nodes = this.#nodes;
    nodes.column.push(column);
    nodes.kind.push(kind);
    nodes.threshold.push(isCategorySplit(kind) ? Number.NaN : threshold);
    nodes.left.push(0);
    nodes.right.push(0);
    nodes.setStart.push(this.#sets.length);
    nodes.setLength.push(set.length);
    for (let i = 0; i < set.length; i++) this.#sets.push(set[i]!);
    this.#nodeCount++;
    this.#checkSize();
    return this.#nodeCount - 1;
  }

  #checkSize(): void {
    if (this.#nodeCount + this.#leafValue.length > limit.modelNodesMax)
      this.#refuse(`it has more than ${limit.modelNodesMax} splits and leaf values`);
  }

  finish(): TreeEnsemble {
    const { column, kind, threshold, left, right, setStart, setLength } = this.#nodes;
    return {
      ...this.#sums,
      nodeStart: Int32Array.from(this.#nodeStart),
      leafStart: Int32Array.from(this.#leafStart),
      treeOutput: Int32Array.from(this.#treeOutput),
      column: Int32Array.from(column),
      kind: Uint8Array.from(kind),
      threshold: Float64Array.from(threshold),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      setStart: Int32Array.from(setStart),
      setLength: Int32Array.from(setLength),
      sets: Uint32Array.from(this.#sets),
      leafValue: Float64Array.from(this.#leafValue),
    };
  }
}
