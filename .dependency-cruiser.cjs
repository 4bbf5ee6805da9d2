/** The house: each layer imports only what stands before it. */
const src = "^packages/tenon/src";
const layers = ["base", "define", "engine", "plan", "ports", "sql", "drivers", "service", "server", "cli"];
const mayImport = {
  base: [],
  define: ["base"],
  engine: ["base"],
  plan: ["define", "base"],
  // A port speaks of plans and of the engine's lanes.
  ports: ["plan", "engine", "base", "define"],
  sql: ["plan", "base"],
  drivers: ["ports", "sql", "engine", "base", "plan"],
  service: ["ports", "plan", "engine", "base", "define"],
  server: ["service", "ports", "plan", "base"],
  cli: ["server", "service", "ports", "sql", "plan", "base"],
};

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: ["^tenon"] } },
    ...layers.map((layer) => ({
      name: `layer-${layer}`,
      severity: "error",
      comment: `${layer} imports only ${mayImport[layer].join(", ") || "node"}`,
      from: { path: `${src}/${layer}/`, pathNot: "\\.test\\.ts$" },
      to: {
        path: `${src}/`,
        // The command line starts the app, as run does.
        pathNot: [
          `${src}/${layer}/`,
          ...mayImport[layer].map((other) => `${src}/${other}/`),
          ...(layer === "cli" ? [`${src}/run/`, `${src}/run\\.ts$`] : []),
          ...(layer === "plan" ? [`${src}/index\\.ts$`] : []),
        ],
      },
    })),
    {
      name: "drivers-apart",
      severity: "error",
      comment: "a driver never imports another",
      from: { path: `${src}/drivers/([^/]+)/` },
      to: { path: `${src}/drivers/`, pathNot: `${src}/drivers/$1/` },
    },
    {
      name: "base-is-node-alone",
      severity: "error",
      from: { path: `${src}/(base|define|engine)/`, pathNot: "(\\.test\\.ts$|/testing/)" },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer"] },
    },
    {
      name: "client-stands-alone",
      severity: "error",
      comment: "the client has no dependency at run time",
      from: { path: "^packages/client/src/" },
      to: { pathNot: "(^packages/client/src/|^(packages/)?tenon)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "packages/tenon/tsconfig.json" },
    exclude: { path: "(/dist/|/console/assets/)" },
  },
};
