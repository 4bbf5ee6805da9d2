/** How raw scores become what a model answers. */
export type ScoreLink =
  | {
      readonly kind:
        | "identity"
        | "softmax"
        | "exp"
        | "logOnePlusExp"
        | "signedSquare"
        | "step"
        | "sumToOne"
        | "softmaxZero";
    }
  /** 1 / (1 + exp(-slope · score)), for each score; divided by their sum where that is to be 1. */
  | { readonly kind: "sigmoid"; readonly slope: number; readonly sumsToOne?: true };

/** Turns the raw scores of a row, in place, into what the model answers. */
export type ApplyLink = (scores: Float64Array) => void;

/** The function of a link, with its steps rounded to single precision where the library rounds them. */
export function applyLink(link: ScoreLink, o: { readonly isSingle: boolean }): ApplyLink {
  const round = o.isSingle ? Math.fround : (value: number): number => value;
  switch (link.kind) {
    case "identity":
      return () => {};
    case "sigmoid":
      return sigmoid(link, round);
    case "exp":
      return forEach((score) => round(Math.exp(score)));
    case "logOnePlusExp":
      return forEach((score) => Math.log1p(Math.exp(score)));
    case "signedSquare":
      return forEach((score) => Math.sign(score) * score * score);
    case "step":
      return forEach((score) => (score > 0 ? 1 : 0));
    case "softmax":
      return (scores) => softmax(scores, round);
    case "softmaxZero":
      return (scores) => softmaxZero(scores, round);
    case "sumToOne":
      return (scores) => divideAll(scores, sumOf(scores, round), round);
  }
}

type Round = (value: number) => number;

function sigmoid({ slope, sumsToOne }: ScoreLink & { readonly kind: "sigmoid" }, round: Round): ApplyLink {
  const each = forEach((score) => round(1 / round(1 + round(Math.exp(-slope * score)))));
  if (sumsToOne !== true) return each;
  return (scores) => {
    each(scores);
    divideAll(scores, sumOf(scores, round), round);
  };
}

function forEach(turn: (score: number) => number): ApplyLink {
  return (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = turn(scores[i]!);
  };
}

function softmax(scores: Float64Array, round: Round): void {
  const greatest = greatestOf(scores);
  for (let i = 0; i < scores.length; i++) scores[i] = round(Math.exp(round(scores[i]! - greatest)));
  divideAll(scores, sumOf(scores, round), round);
}

/** A softmax in which a score of 0 stays 0. @source ONNX Runtime, `ComputeSoftmaxZero` */
function softmaxZero(scores: Float64Array, round: Round): void {
  const greatest = greatestOf(scores);
  const floor = round(Math.exp(-greatest));
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const isZero = Math.abs(score) <= 1e-7;
    scores[i] = isZero ? round(score * floor) : round(Math.exp(round(score - greatest)));
  }
  divideAll(scores, sumOf(scores, round), round);
}

function greatestOf(scores: Float64Array): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > greatest) greatest = scores[i]!;
  return greatest;
}

/** The sum of their magnitudes. */
function sumOf(scores: Float64Array, round: Round): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum = round(sum + Math.abs(scores[i]!));
  return sum;
}

function divideAll(scores: Float64Array, by: number, round: Round): void {
  if (by === 0) return;
  for (let i = 0; i < scores.length; i++) scores[i] = round(scores[i]! / by);
}
