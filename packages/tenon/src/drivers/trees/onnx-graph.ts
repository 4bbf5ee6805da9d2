import { limit } from "../../base/limit.ts";
import type { Refuse } from "./model-file-error.ts";
import { shown } from "./model-file-error.ts";
import { Message } from "./protobuf.ts";

// Numbers of fields: ModelProto graph 7; GraphProto node 1, initializer 5, input 11; NodeProto input 1, output 2, op_type 4,
// attribute 5; AttributeProto name 1, f 2, i 3, s 4, t 5, floats 7, ints 8, strings 9; ValueInfoProto name 1, type 2;
// TypeProto tensor_type 1 with elem_type 1 and shape 2, whose dim 1 has dim_value 1; TensorProto float_data 4, raw_data 9,
// double_data 10, data_type 2.

const elementTypes: Readonly<Record<number, "single" | "double">> = {
  1: "single",
  6: "single",
  7: "single",
  11: "double",
};
const tensorTypes = { float: 1, double: 11 } as const;
const nodesMax = 64;

/** The one operator that scores rows, what lies around it, and what the graph takes. */
export interface OnnxGraph {
  readonly operator: string;
  readonly attributes: OnnxAttributes;
  readonly rounding: "single" | "double";
  /** Columns of the input; undefined where the graph leaves them open. */
  readonly width: number | undefined;
  /** Whether scores are divided by their sum at the end. */
  readonly isNormalized: boolean;
}

const scoring: ReadonlySet<string> = new Set([
  "TreeEnsembleClassifier",
  "TreeEnsembleRegressor",
  "LinearClassifier",
  "LinearRegressor",
]);
const passing: ReadonlySet<string> = new Set(["Cast", "Identity", "ZipMap"]);

/** Finds the operator that scores rows, and refuses a graph that does more. @source ONNX, onnx/onnx.proto */
export function readOnnxGraph(bytes: Buffer, refuse: Refuse): OnnxGraph {
  const graph = new Message(bytes, refuse).messages(7).at(-1);
  if (graph === undefined) return refuse("it has no graph");
  const constants = new Set(graph.messages(5).map((tensor) => tensor.text(8)));
  const inputs = graph.messages(11).filter((input) => !constants.has(input.text(1)));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    return refuse(`its graph has ${inputs.length} inputs; export it with one input of all columns`);
  const nodes = graph.messages(1).map((message) => new Node(message, refuse));
  if (nodes.length > nodesMax) refuse(`its graph has ${nodes.length} operators; up to ${nodesMax} are read`);
  const found = nodes.filter(({ operator }) => scoring.has(operator));
  const [scorer] = found;
  const other = nodes.find((node) => !scoring.has(node.operator) && !isPassing(node));
  if (other !== undefined) return refuse(otherOperator(other.operator));
  if (scorer === undefined || found.length > 1)
    return refuse(`its graph has ${found.length} operators that score rows; one is read`);
  return {
    ...{ operator: scorer.operator, attributes: scorer.attributes, ...inputOf(input, refuse) },
    isNormalized: checkFlow(nodes, { input: input.text(1), scorer, refuse }),
  };
}

const isPassing = ({ operator, attributes }: Node): boolean =>
  passing.has(operator) || (operator === "Normalizer" && attributes.text("norm") === "L1");

const otherOperator = (operator: string): string =>
  `its operator ${shown(operator)} is not read, only ${[...scoring].join(", ")}, with Cast, Identity, ZipMap and Normalizer (L1) around them; leave the preparation of columns to features, or run it with onnxruntime as a process`;

/** Follows the rows through the graph; returns whether they are normalised. */
function checkFlow(nodes: readonly Node[], o: { input: string; scorer: Node; refuse: Refuse }): boolean {
  const rows = new Set([o.input]);
  const scores = new Set<string>();
  let isNormalized = false;
  for (const node of nodes) {
    const [from = ""] = node.inputs;
    const to = node === o.scorer || scores.has(from) ? scores : rows;
    if (!(node === o.scorer ? rows : to).has(from))
      o.refuse(`its operator ${node.operator} reads ${shown(from)}, which nothing before it writes`);
    if (to === rows && node.operator === "Normalizer") o.refuse(otherOperator("Normalizer"));
    if (node.operator === "Normalizer") isNormalized = true;
    for (const name of node.outputs) to.add(name);
  }
  return isNormalized;
}

function inputOf(input: Message, refuse: Refuse): Pick<OnnxGraph, "rounding" | "width"> {
  const tensor = input.messages(2).at(-1)?.messages(1).at(-1);
  const elements = tensor?.integer(1) ?? 0;
  const rounding = elementTypes[elements];
  if (rounding === undefined) return refuse(`its input has elements of type ${elements}; numbers are read`);
  const dimensions = tensor?.messages(2).at(-1)?.messages(1) ?? [];
  const width = dimensions.length === 2 ? dimensions[1]!.integer(1) : 0;
  if (width < 0 || width > limit.modelColumnsMax) refuse(`its input has ${width} columns`);
  return { rounding, width: width === 0 ? undefined : width };
}

class Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;

  constructor(message: Message, refuse: Refuse) {
    this.operator = message.text(4);
    this.inputs = message.texts(1);
    this.outputs = message.texts(2);
    this.attributes = new OnnxAttributes(message.messages(5), refuse);
  }
}

/** What an operator is told, by name. */
export class OnnxAttributes {
  readonly #byName: ReadonlyMap<string, Message>;
  readonly #refuse: Refuse;

  constructor(messages: readonly Message[], refuse: Refuse) {
    this.#byName = new Map(messages.map((message) => [message.text(1), message]));
    this.#refuse = refuse;
  }

  integer(name: string, otherwise: number): number {
    return this.#byName.get(name)?.integer(3) ?? otherwise;
  }

  text(name: string): string | undefined {
    return this.#byName.get(name)?.text(4);
  }

  texts(name: string): readonly string[] {
    return this.#byName.get(name)?.texts(9) ?? [];
  }

  integers(name: string, length?: number): readonly number[] {
    return this.#sized(name, this.#byName.get(name)?.integers(8) ?? [], length);
  }

  /** Numbers of single precision, or of the tensor that stands in for them where they are doubles. */
  numbers(name: string, length?: number): Float64Array {
    const tensor = this.#byName.get(`${name}_as_tensor`)?.messages(5).at(-1);
    const numbers = tensor === undefined ? this.#byName.get(name)?.floats(7) : this.#tensor(tensor, name);
    return this.#sized(name, numbers ?? new Float64Array(0), length);
  }

  #tensor(tensor: Message, name: string): Float64Array {
    const raw = tensor.bytes(9);
    const type = tensor.integer(2);
    if (type !== tensorTypes.float && type !== tensorTypes.double)
      return this.#refuse(`${name}_as_tensor has elements of type ${type}`);
    if (raw === undefined) return type === tensorTypes.float ? tensor.floats(4) : tensor.doubles(10);
    const size = type === tensorTypes.float ? 4 : 8;
    if (raw.length % size !== 0) this.#refuse(`${name}_as_tensor breaks off within a number`);
    return Float64Array.from({ length: raw.length / size }, (_, i) =>
      size === 4 ? raw.readFloatLE(i * 4) : raw.readDoubleLE(i * 8),
    );
  }

  #sized<T extends { readonly length: number }>(name: string, values: T, length: number | undefined): T {
    return length === undefined || values.length === length
      ? values
      : this.#refuse(`${name} has ${values.length} items, not ${length}`);
  }
}
