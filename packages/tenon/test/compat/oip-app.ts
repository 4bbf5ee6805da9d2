import { serve } from "../../src/run.ts";
import { type StartedApp, shopConfig, startApp, trainTwoVersions } from "../start-app.ts";

const rules = `
  prediction("echo", { model: pretrained("echo_rule", {
    input: { real: c.real(), whole: c.integer(), price: c.decimal(2).nullable(), word: c.text().nullable(), yes: c.flag().nullable(), when: c.time().nullable() },
    output: { real: c.real(), whole: c.integer(), price: c.decimal(2).nullable(), word: c.text().nullable(), yes: c.flag().nullable(), late: c.flag() },
    code: ({ real, whole, price, word, yes, when }) => ({ real, whole, price, word, yes, late: when !== null && when.getTime() > 1_000 }) }),
    fallback: { real: 0, whole: 0, price: null, word: null, yes: null, late: false } }),
  prediction("numbers", { model: pretrained("numbers_rule", {
    input: { x: c.real(), y: c.real().nullable(), n: c.integer(), on: c.flag() }, output: { sum: c.real() },
    code: ({ x, y, n, on }) => ({ sum: on ? x + (y ?? 0) + n : 0 }) }), fallback: { sum: 0 },
    decide: ({ sum }) => ({ sign: sum < 0 ? "minus" : "plus", many: sum > 9, list: [sum] }) }),
`;

export const oipConfig = shopConfig.replace('  prediction("limit"', `${rules}  prediction("limit"`);

export interface OipApp extends AsyncDisposable {
  readonly app: StartedApp;
  /** Of a listener with the protocols at its root. */
  readonly rootUrl: string;
  readonly key: string;
}

/** An app with a trained model of two versions and rules of every type; its protocols at the root, too. */
export async function startOipApp(): Promise<OipApp> {
  const app = await startApp(oipConfig);
  await trainTwoVersions(app.running, "acme");
  const root = await serve(app.running, { port: 0, tenant: "acme", oipRoot: true });
  return {
    app,
    rootUrl: root.url,
    key: await app.key("acme", "predict"),
    [Symbol.asyncDispose]: async () => {
      await root.close();
      await app[Symbol.asyncDispose]();
    },
  };
}
