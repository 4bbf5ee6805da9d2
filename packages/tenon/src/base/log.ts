/** A structured logger; `run.ts` hands in pino. Secrets and row values are never logged. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A logger that drops everything: the default of tests. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
