// A model of LightGBM serves a prediction of an app: its columns are the row's, its answers the library's own.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { startApp } from "../start-app.ts";

const golden: { readonly model_txt: string; readonly [key: string]: unknown } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../golden/lgb_synth_regression.json"), "utf8"),
);
