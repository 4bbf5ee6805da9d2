import { existsSync, readFileSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { TenonError } from "../base/error.ts";

/** The built console, beside `src` and `dist` alike. */
const consoleDir = fileURLToPath(new URL("../../console", import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const policy =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Serves a file of the console; any other address under `/console` is the app itself, which has its own routes. */
export function sendConsole(response: ServerResponse, path: string): void {
  const asked = normalize(decodePath(path.replace(/^\/console\/?/, "")));
  const file = join(consoleDir, asked);
  const isFile = !asked.startsWith("..") && asked !== "." && existsSync(file) && statSync(file).isFile();
  const found = isFile ? file : join(consoleDir, "index.html");
  if (!existsSync(found)) throw new TenonError("route.unknown", "the console is not built; `npm start` builds it");
  const bytes = readFileSync(found);
  response.writeHead(200, {
    "content-type": contentTypes[extname(found)] ?? "application/octet-stream",
    "content-length": bytes.length,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": asked.startsWith("assets") && isFile ? "public, max-age=31536000, immutable" : "no-store",
  });
  response.end(bytes);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}
