import { messageOf, TenonError } from "../../base/error.ts";

/**
 * The library, which apps without PostgreSQL go without.
 * @throws source.driver where it is not installed
 */
export async function loadPg(): Promise<typeof import("pg")> {
  try {
    return await import("pg");
  } catch (thrown) {
    throw new TenonError("source.driver", `the package pg cannot be loaded: ${messageOf(thrown).split("\n")[0]}`, {
      cause: thrown,
    });
  }
}
