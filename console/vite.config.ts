import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Built into the platform's package; `npm run dev` here proxies to a running `tenon dev`. */
const server = "http://127.0.0.1:4000";
const routes = [
  "app",
  "status",
  "stream",
  "events",
  "features",
  "models",
  "predictions",
  "predict",
  "catalog",
  "lineage",
];

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "../packages/tenon/console",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // `light-dark()` is left as it is written.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
  },
  server: { proxy: Object.fromEntries(routes.map((route) => [`/${route}`, server])) },
});
