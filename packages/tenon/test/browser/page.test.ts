// A page of another site asks a prediction with the client library and a published key.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { chromium, type Page } from "playwright-core";
import { startApp } from "../start-app.ts";
import { executablePath, skip } from "./chromium.ts";

const libraryDir = join(import.meta.dirname, "../../../client/dist");

/** A site that serves the client library and nothing else. */
async function openSite(): Promise<Server & { readonly origin: string }> {
  const server = createServer((request, response) => {
    const name = /^\/([a-z-]+\.js)$/.exec(request.url ?? "")?.[1];
    const type = name === undefined ? "text/html" : "text/javascript";
    const body =
      name === undefined ? Promise.resolve("<!doctype html><title>shop</title>") : readFile(join(libraryDir, name));
    body.then(
      (text) => response.writeHead(200, { "content-type": type }).end(text),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(server, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** What the page got: an answer, or the code of the error. */
const askFrom = (page: Page, site: string, url: string, key: string) =>
  page.goto(site).then(() =>
    page.evaluate(
      async ([library, base, secret]) => {
        const { createClient } = await import(library);
        const client = createClient({ url: base, key: secret, retries: 0 });
        try {
          const { ok, receipt } = await client.predict.limit({ cents: 100 });
          return { ok, model: receipt.model };
        } catch (thrown) {
          return { code: (thrown as { code?: string }).code };
        }
      },
      [`${site}/index.js`, url, key],
    ),
  );

test("a page asks with the client library and a published key; a page of another site does not", {
  skip,
  timeout: 120_000,
}, async () => {
  assert.ok(executablePath, "CI needs Chromium: apt-get install chromium, or TENON_CHROMIUM");
  await using app = await startApp();
  const [site, other] = [await openSite(), await openSite()];
  const { key } = await app.running.tenon.keys.create({
    tenant: "shop",
    scopes: ["predict"],
    note: "the page",
    publishable: { predictions: ["limit"], origins: [site.origin], callsPerMinute: 60 },
  });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    assert.deepEqual(await askFrom(page, site.origin, app.url, key), { ok: true, model: "limit_rule" });
    // The browser keeps the answer from it: it does not even see why.
    assert.deepEqual(await askFrom(page, other.origin, app.url, key), { code: "client.network" });
  } finally {
    await browser.close();
    for (const server of [site, other]) server.close();
  }
});
