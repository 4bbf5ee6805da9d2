import { type ErrorKind, kind } from "./error-kind.ts";

/** The part of the error table that is about models that run elsewhere or were made elsewhere. */
export const modelErrors = {
  // Models and what runs them
  "model.file": kind(
    422,
    "changed",
    "The file is no model that can be read",
    "Export the model again with the library and the format that the message names.",
  ),
  "model.unloadable": kind(
    503,
    "changed",
    "The model cannot be loaded",
    "Mend what the message names: it is tried again by itself, after a minute at most. The fallback answers meanwhile.",
  ),
  "model.failed": kind(
    502,
    "later",
    "What runs the model failed, or answered something else than the model declares",
    "See the log of the runtime; the fallback answers meanwhile.",
  ),
  "tensor.invalid": kind(
    400,
    "changed",
    "A tensor does not fit its shape, its datatype or its bytes",
    "Send the tensors as the model's metadata describes them, `GET /oip/v2/models/NAME`.",
  ),
  "model.configured": kind(
    409,
    "no",
    "Models are loaded and unloaded by the configuration",
    "Change the configuration, or promote a version with `tenon models promote`.",
  ),
  "variant.unknown": kind(
    404,
    "no",
    "The prediction has no variant of that name",
    "Ask for one of the names that the message lists, or leave `Tenon-Variant` out.",
  ),
  "model.capped": kind(
    429,
    "no",
    "The tenant has spent what the model's cap lets it",
    "Raise the vendor's `cap`, or wait for its next period; the fallback answers meanwhile.",
  ),
  "model.late": kind(
    504,
    "later",
    "The model did not answer in time",
    "Give the prediction a longer `budget`, or make the model faster; the fallback answers meanwhile.",
  ),
  "model.busy": kind(
    503,
    "later",
    "The queue of the model is full",
    "Send fewer calls at once, or give the runtime more processes; the fallback answers meanwhile.",
  ),
} as const satisfies Readonly<Record<string, ErrorKind>>;
