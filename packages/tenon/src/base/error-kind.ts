/** One row of the error table. `retry` tells a client whether the same call may succeed later. */
export interface ErrorKind {
  readonly status: number;
  readonly retry: "no" | "later" | "changed";
  readonly title: string;
  readonly remedy: string;
}

/** A row, by its parts. */
export const kind = (status: number, retry: ErrorKind["retry"], title: string, remedy: string): ErrorKind => ({
  status,
  retry,
  title,
  remedy,
});
