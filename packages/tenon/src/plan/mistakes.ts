import { type ErrorCode, type ErrorPlace, TenonError } from "../base/error.ts";

/** Collects every mistake of a configuration, so that all are told at once. */
export class Mistakes {
  readonly places: ErrorPlace[] = [];

  add(code: ErrorCode, path: string, message: string): void {
    if (!this.places.some((place) => place.path === path && place.message === message)) {
      this.places.push({ code, path, message });
    }
  }

  /** Runs a step whose own error becomes a mistake at this path. */
  attempt<T>(path: string, step: () => T): T | undefined {
    try {
      return step();
    } catch (thrown) {
      if (!(thrown instanceof TenonError)) throw thrown;
      this.add(thrown.code, path, thrown.message);
      return undefined;
    }
  }

  /** @throws config.invalid with all mistakes, if there is one */
  throwIfAny(): void {
    if (this.places.length === 0) return;
    const lines = this.places.map((place) => `  ${place.path}: ${place.message} [${place.code}]`);
    const count = this.places.length === 1 ? "1 mistake" : `${this.places.length} mistakes`;
    throw new TenonError("config.invalid", `The configuration has ${count}:\n${lines.join("\n")}`, {
      places: this.places,
    });
  }
}
