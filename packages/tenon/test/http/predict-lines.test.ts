import assert from "node:assert/strict";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type StartedApp, startApp } from "../start-app.ts";

let app: StartedApp;
let key: string;

before(async () => {
  app = await startApp();
  key = await app.key("shop", "predict");
});
after(() => app[Symbol.asyncDispose]());

const headers = () => ({ authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" });

async function ask(
  body: string,
  path = "/predict/limit",
): Promise<{ readonly status: number; readonly lines: readonly Record<string, never>[] }> {
  const response = await fetch(`${app.url}${path}`, { method: "POST", body, headers: headers() });
  const text = await response.text();
  const isLines = (response.headers.get("content-type") ?? "").includes("ndjson");
  return {
    status: response.status,
    lines: (isLines ? text.trimEnd().split("\n") : [text]).filter(Boolean).map((line) => JSON.parse(line)),
  };
}

test("each line is answered in its place: with its answer, or with what is wrong with it", async () => {
  const rows = Array.from({ length: 1_000 }, (_, i) => (i % 97 === 5 ? { cents: "x" } : { cents: i * 100 }));
  const text = rows.map((row) => JSON.stringify(row));
  text[7] = "{";
  const { status, lines } = await ask(`${text.join("\n")}\n`);
  assert.deepEqual([status, lines.length], [200, 1_000]);
  for (const [i, line] of lines.entries()) {
    const { ok, error, receipt } = line as {
      ok?: boolean;
      error?: { code: string; errors?: object[] };
      receipt?: { id: string };
    };
    if (i === 7) assert.equal(error?.code, "body.unreadable");
    else if (i % 97 === 5) assert.deepEqual([error?.code, error?.errors?.length], ["field.type", 1]);
    else assert.deepEqual([ok, typeof receipt?.id], [i * 100 < 50_000, "string"], String(i));
  }
});

test("answers come while lines are still sent", async () => {
  const sending = request(`${app.url}/predict/limit`, { method: "POST", headers: headers() });
  sending.write('{"cents":1}\n');
  const response = await new Promise<import("node:http").IncomingMessage>((resolve) =>
    sending.once("response", resolve),
  );
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  assert.equal(JSON.parse(String((await lines.next()).value)).ok, true);
  sending.write('{"cents":60000}\n');
  assert.equal(JSON.parse(String((await lines.next()).value)).ok, false);
  sending.end();
  assert.equal((await lines.next()).done, true);
});

test("a body that breaks off in a line that is too long ends with that; one that begins so is refused whole", async () => {
  const long = `{"cents":${"1".repeat(300_000)}`;
  const whole = await ask(long);
  assert.deepEqual([whole.status, (whole.lines[0] as { code?: string }).code], [413, "body.too-large"]);
  const sending = request(`${app.url}/predict/limit`, { method: "POST", headers: headers() });
  sending.on("error", () => {});
  sending.write('{"cents":1}\n');
  const response = await new Promise<import("node:http").IncomingMessage>((resolve) =>
    sending.once("response", resolve),
  );
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  await lines.next();
  sending.write(long);
  assert.equal(JSON.parse(String((await lines.next()).value)).error.code, "body.too-large");
  sending.destroy();
});

test("nothing is an answer to nothing, and another prediction is not there", async () => {
  assert.deepEqual(await ask(""), { status: 200, lines: [] });
  const { status, lines } = await ask('{"cents":1}\n', "/predict/limits");
  assert.deepEqual([status, (lines[0] as { code?: string }).code], [404, "prediction.unknown"]);
});

test("who goes away in the midst leaves nothing behind that waits", async () => {
  const sending = request(`${app.url}/predict/limit`, { method: "POST", headers: headers() });
  sending.on("error", () => {});
  for (let i = 0; i < 2_000; i++) sending.write(`{"cents":${i}}\n`);
  await sleep(50);
  sending.destroy();
  await sleep(50);
  assert.equal((await ask('{"cents":1}\n')).lines.length, 1);
});
