import { errorTable, TenonError } from "../../base/error.ts";
import { sendProblem, sendText, type TenonResponse } from "../http-response.ts";

/** Mistakes that one answer names; the rest are counted. */
const placesTold = 5;

/** Addresses of protocols whose clients read an error from `error`: also where no route was found, or no key. */
export const surfaces = /^\/(oip|kserve|scoring|v1|v2|invocations|ping)(\/|$)/;

/** Answers what was thrown, in the form of the protocol that the address belongs to. */
export function sendSurfaceError(response: TenonResponse, path: string, thrown: unknown): void {
  if (!surfaces.test(path) || response.headersSent) {
    sendProblem(response, thrown);
    return;
  }
  const error =
    thrown instanceof TenonError ? thrown : new TenonError("internal", "an unexpected error; the server's log has it");
  const { status, retry } = errorTable[error.code];
  if (retry === "later" && (status === 429 || status === 503))
    response.setHeader("retry-after", Math.ceil((error.retryAfterMs ?? 1_000) / 1_000));
  if (status === 413) response.setHeader("connection", "close");
  const message = `${error.message}${placesText(error)} [${error.code}]`;
  // MLflow's scoring server tells errors by a code and a message.
  const scoring = /^\/(scoring|invocations)/.test(path)
    ? { error_code: status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR", message }
    : {};
  // KServe's client shows the text only where the content type is this, without a charset.
  sendText(response, status, "application/json", JSON.stringify({ error: message, ...scoring }));
}

/** A single mistake is in the message already. */
function placesText({ places }: TenonError): string {
  if (places.length < 2) return "";
  const told = places.slice(0, placesTold).map(({ path, message }) => `${path}: ${message}`);
  const more = places.length > placesTold ? `; and ${places.length - placesTold} more` : "";
  return `: ${told.join("; ")}${more}`;
}
