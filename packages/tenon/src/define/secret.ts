/** The name of a secret. Its value is read from the environment when the app starts, and is in no build and no plan. */
export interface Secret {
  readonly kind: "secret";
  readonly name: string;
}

/**
 * Names an environment variable that holds a secret.
 * @example
 * const url = secret("DATABASE_URL");
 */
export const secret = (name: string): Secret => Object.freeze({ kind: "secret", name });
