import type { VendorRuntimeDefinition } from "../define/runtime.ts";
import { isPlainObject } from "./check-name.ts";
import { checkOptions } from "./check-options.ts";
import { secretName } from "./compile-source.ts";
import { describe } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { ColumnPlan } from "./plan.ts";
import type { VendorPlan, VendorWire } from "./runtime-plan.ts";
import { settingsOf } from "./setting-plans.ts";

const openAi = "https://api.openai.com/v1";
const maxTokens = 1_000;
const micros = 1_000_000;

export interface VendorColumns {
  readonly input: readonly ColumnPlan[];
  readonly output: readonly ColumnPlan[];
}

/** A vendor as a plan; mistakes are told. */
export function compileVendor(
  { id, options, written }: VendorRuntimeDefinition,
  columns: VendorColumns,
  path: string,
  mistakes: Mistakes,
): VendorPlan {
  checkOptions("vendor", written, path, mistakes);
  const isMapped = options.body !== undefined;
  const [, vendorModel] = /^openai:(.+)$/.exec(typeof id === "string" ? id : "") ?? [];
  if (!isMapped && vendorModel === undefined)
    mistakes.add(
      "define.reference",
      path,
      `needs "openai:MODEL", or an address with \`body\` and \`answer\`; found ${describe(id)}`,
    );
  const url = isMapped ? id : (options.baseUrl ?? openAi);
  checkUrl(url, `${path}.${isMapped ? "url" : "baseUrl"}`, mistakes);
  const { key, cap } = options;
  const prices = pricesOf(options.dollarsPerMillion, path, mistakes);
  if (
    cap !== undefined &&
    (!(Number(cap?.dollars) > 0) || (cap?.per !== "day" && cap?.per !== "month") || prices === undefined)
  )
    mistakes.add("config.invalid", `${path}.cap`, 'needs { dollars, per: "day" or "month" } and `dollarsPerMillion`');
  return {
    kind: "vendor",
    url,
    wire: isMapped
      ? mappedWire(options, columns, path, mistakes)
      : openAiWire(vendorModel ?? "", options, columns, path, mistakes),
    headers: settingsOf(options.headers, `${path}.headers`, mistakes),
    ...(key === undefined ? {} : { keySecret: secretName(key, `${path}.key`, mistakes) }),
    ...(prices === undefined ? {} : { prices }),
    ...(cap === undefined ? {} : { cap: { micros: Math.round(Number(cap.dollars) * micros), per: cap.per } }),
    privateNetwork: options.privateNetwork === true,
  };
}

function checkUrl(url: unknown, path: string, mistakes: Mistakes): void {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== "http:" && parsed.protocol !== "https:"))
    mistakes.add("define.reference", path, `needs an address with http or https; found ${describe(url)}`);
  else if (parsed.username !== "" || parsed.password !== "")
    mistakes.add("define.reference", path, 'an address holds no password: send it with key: secret("NAME")');
}

function pricesOf(
  prices: VendorRuntimeDefinition["options"]["dollarsPerMillion"],
  path: string,
  mistakes: Mistakes,
): VendorPlan["prices"] {
  if (prices === undefined) return undefined;
  const [input, output] = [Number(prices?.input), Number(prices?.output)];
  if (!(input >= 0 && output >= 0))
    mistakes.add(
      "config.invalid",
      `${path}.dollarsPerMillion`,
      `needs { input, output } in dollars; found ${describe(prices)}`,
    );
  return { inputMicros: Math.round(input * micros), outputMicros: Math.round(output * micros) };
}

function openAiWire(
  model: string,
  { prompt, temperature, maxTokens: most = maxTokens, embeds, answer, tokens }: VendorRuntimeDefinition["options"],
  { input, output }: VendorColumns,
  path: string,
  mistakes: Mistakes,
): VendorWire {
  if (answer !== undefined || tokens !== undefined)
    mistakes.add("config.invalid", path, "`answer` and `tokens` go with `body`: OpenAI's wire has its own");
  if (embeds !== undefined) {
    const text = input.find(({ name }) => name === embeds);
    if (text?.type !== "text")
      mistakes.add("define.reference", `${path}.embeds`, `needs a text column of the input; found ${describe(embeds)}`);
    const other = output.find(({ type, nullable }) => type !== "real" || nullable);
    if (other !== undefined)
      mistakes.add(
        "define.column",
        `${path}.embeds`,
        `the outputs are the components: real columns; "${other.name}" is none`,
      );
    return { kind: "embeddings", model, column: embeds };
  }
  if (prompt !== undefined) checkPlaces(prompt, input, `${path}.prompt`, mistakes);
  return {
    kind: "chat",
    model,
    ...(prompt === undefined ? {} : { prompt }),
    ...(temperature === undefined ? {} : { temperature }),
    maxTokens: most,
  };
}

function mappedWire(
  { body = {}, answer = {}, tokens, prompt, embeds, baseUrl }: VendorRuntimeDefinition["options"],
  { input, output }: VendorColumns,
  path: string,
  mistakes: Mistakes,
): VendorWire {
  for (const [name, given] of Object.entries({ prompt, embeds, baseUrl }))
    if (given !== undefined)
      mistakes.add("config.invalid", `${path}.${name}`, `a \`body\` of one's own has no "${name}"`);
  if (!isPlainObject(body)) mistakes.add("config.invalid", `${path}.body`, `needs an object; found ${describe(body)}`);
  checkPlaces(JSON.stringify(body), input, `${path}.body`, mistakes);
  for (const { name, nullable } of output)
    if (!nullable && typeof answer[name] !== "string")
      mistakes.add("define.reference", `${path}.answer`, `lacks "${name}": a JSON pointer such as "/result/${name}"`);
  for (const [name, pointer] of Object.entries(answer))
    if (!output.some((column) => column.name === name) || !/^(\/[^/]*)+$/.test(String(pointer)))
      mistakes.add(
        "define.reference",
        `${path}.answer.${name}`,
        `"${name}" is no output, or ${describe(pointer)} no JSON pointer`,
      );
  return {
    kind: "mapped",
    body,
    answer,
    ...(tokens === undefined ? {} : { tokens: { input: tokens.input, output: tokens.output } }),
  };
}

/** Every `{column}` names a column. */
function checkPlaces(text: string, input: readonly ColumnPlan[], path: string, mistakes: Mistakes): void {
  const names = input.map(({ name }) => name);
  for (const [, name = ""] of text.matchAll(/\{([a-zA-Z]\w*)\}/g))
    if (!names.includes(name))
      mistakes.add("define.reference", path, `"{${name}}" is no column of the input but ${names.join(", ")}`);
}
