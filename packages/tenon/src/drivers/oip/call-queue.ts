import { TenonError } from "../../base/error.ts";
import type { ModelColumns, ModelValue } from "../../ports/model-runtime.ts";

/** A call that waits for its answer. */
interface WaitingCall {
  readonly input: ModelColumns;
  readonly rowCount: number;
  readonly signal: AbortSignal;
  readonly resolve: (output: ModelColumns) => void;
  readonly reject: (error: TenonError) => void;
}

/** Calls that are made as one: their rows stand behind each other. */
export interface CallBatch {
  readonly input: ModelColumns;
  readonly rowCount: number;
  /** Aborted when nobody waits for any of it. */
  readonly signal: AbortSignal;
  /** Where it has several calls, those that are still waited for, each by itself: one that fails need not fail the others. */
  readonly parts: readonly CallBatch[];
  /** Gives each call its own rows. */
  succeed(output: ModelColumns): void;
  fail(error: TenonError): void;
}

const late = (): TenonError => new TenonError("model.late", "the model did not answer in time");

/** Calls in the order in which they came, bounded; those that wait together are taken together. */
export class CallQueue {
  readonly #callsMax: number;
  readonly #rowsMax: number;
  #waiting: WaitingCall[] = [];

  /** Of so many calls; a batch takes calls up to so many rows, and one call whole. */
  constructor(o: { readonly callsMax: number; readonly rowsMax: number }) {
    this.#callsMax = o.callsMax;
    this.#rowsMax = o.rowsMax;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** @throws model.busy where it is full, model.late where nobody waits any more */
  add(input: ModelColumns, rowCount: number, signal: AbortSignal): Promise<ModelColumns> {
    if (signal.aborted) return Promise.reject(late());
    if (this.#waiting.length >= this.#callsMax)
      return Promise.reject(new TenonError("model.busy", `${this.#callsMax} calls of the model wait already`));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== call);
        reject(late());
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener("abort", leave);
          how(value);
        };
      const call = { input, rowCount, signal, resolve: settle(resolve), reject: settle(reject) };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(call);
    });
  }

  /** The next calls as one; undefined where none waits. */
  take(): CallBatch | undefined {
    const calls: WaitingCall[] = [];
    let rowCount = 0;
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting;
      if (calls.length > 0 && rowCount + next.rowCount > this.#rowsMax) break;
      this.#waiting.shift();
      calls.push(next);
      rowCount += next.rowCount;
    }
    return calls.length === 0 ? undefined : batchOf(calls, rowCount);
  }

  /** Nobody is there to answer. */
  failAll(error: TenonError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) call.reject(error);
  }
}

function batchOf(calls: readonly WaitingCall[], rowCount: number): CallBatch {
  const left = new AbortController();
  const leaveIfAll = (): void => {
    if (calls.every(({ signal }) => signal.aborted)) left.abort();
  };
  for (const { signal } of calls) signal.addEventListener("abort", leaveIfAll, { once: true });
  const end = (): void => {
    for (const { signal } of calls) signal.removeEventListener("abort", leaveIfAll);
  };
  return {
    rowCount,
    signal: left.signal,
    input: joined(calls.map(({ input }) => input)),
    get parts() {
      const staying = calls.length === 1 ? [] : calls.filter(({ signal: of }) => !of.aborted);
      return staying.map((call) => batchOf([call], call.rowCount));
    },
    succeed(output) {
      end();
      let from = 0;
      for (const call of calls) {
        const to = from + call.rowCount;
        call.resolve(calls.length === 1 ? output : output.map((column) => column.slice(from, to)));
        from = to;
      }
    },
    fail(error) {
      end();
      for (const call of calls) call.reject(error);
    },
  };
}

function joined(inputs: readonly ModelColumns[]): ModelColumns {
  const [first] = inputs;
  if (inputs.length === 1) return first;
  return first.map((_, place) => inputs.flatMap((columns): readonly ModelValue[] => columns[place]));
}
