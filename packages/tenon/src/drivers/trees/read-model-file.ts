import { TenonError } from "../../base/error.ts";
import { limit } from "../../base/limit.ts";
import { catboostModel } from "./catboost-json.ts";
import type { ImportedModel } from "./imported-model.ts";
import { readJson } from "./json-part.ts";
import { isLightgbmText, readLightgbmText } from "./lightgbm-text.ts";
import { type Refuse, refuserOf } from "./model-file-error.ts";
import { isOnnx, readOnnx } from "./onnx-model.ts";
import { isUbjson, readXgboostUbjson, xgboostModel } from "./xgboost-model.ts";

const formats =
  'LightGBM text (save_model), XGBoost JSON or UBJSON (save_model), CatBoost JSON (save_model with format="json") and ONNX';

const refuse: Refuse = (found) => {
  throw new TenonError("model.file", `The file is no model of a format that is read: ${found}; read are ${formats}`);
};

/**
 * The model of a file, whose format its bytes tell.
 * @throws model.file with what was found where
 */
export function readModelFile(file: Uint8Array): ImportedModel {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length > limit.modelFileBytesMax)
    return refuse(`it has ${bytes.length} bytes, more than ${limit.modelFileBytesMax}`);
  if (isLightgbmText(bytes)) return readLightgbmText(bytes);
  if (isUbjson(bytes)) return readXgboostUbjson(bytes);
  if (/^\s*\{\s*"/.test(bytes.toString("latin1", 0, 64))) return jsonModel(bytes);
  if (isOnnx(bytes)) return readOnnx(bytes);
  return refuse(otherFormat(bytes));
}

function jsonModel(bytes: Buffer): ImportedModel {
  const json = readJson(bytes, refuse);
  if (!json.at("learner").isAbsent)
    return { ...xgboostModel(json.refusing(refuserOf("XGBoost JSON"))), format: "XGBoost JSON" };
  if (!json.at("features_info").isAbsent) return catboostModel(json.refusing(refuserOf("CatBoost JSON")));
  return refuse("it is JSON of something else");
}

/** Files that people have and that are not read, by what they begin with. */
function otherFormat(bytes: Buffer): string {
  if (bytes.length === 0) return "it is empty";
  const begin = bytes.toString("latin1", 0, 4);
  if (begin === "CBM1") return 'it is CatBoost\'s binary format; save it with format="json"';
  if (begin === "binf") return "it is XGBoost's old binary format; save it with a name that ends in .ubj";
  if (bytes[0] === 0x80) return "it is a pickle, which runs code when it is read; save the model itself";
  return "its first bytes are those of none";
}
