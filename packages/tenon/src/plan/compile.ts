import { fingerprint } from "../base/hash.ts";
import { aboutOf } from "../define/about.ts";
import type { AppDefinition } from "../define/app.ts";
import type { EventDefinition } from "../define/event.ts";
import type { TableSpec } from "../define/table-spec.ts";
import { batchRuns } from "./batch-plan.ts";
import { checkApp } from "./check-app.ts";
import { envelopeNames } from "./check-name.ts";
import { budgetMsOf, checkPrediction } from "./check-prediction.ts";
import { compileBatches } from "./compile-batch.ts";
import { compileFeatureSet } from "./compile-features.ts";
import { compileLabel } from "./compile-label.ts";
import { compileEventColumns } from "./compile-lookups.ts";
import { compileModel } from "./compile-model.ts";
import { compileSource, isWebhook } from "./compile-source.ts";
import { compileTable } from "./compile-table.ts";
import type { Compiling, SourceOf } from "./compiling.ts";
import { finiteMsOf } from "./duration.ts";
import { LaneSet } from "./lanes.ts";
import { loadBoundsOf } from "./load-bounds.ts";
import { Mistakes } from "./mistakes.ts";
import type { CompiledApp, EventPlan, FeatureSetPlan, LabelPlan, ModelPlan, TableRowsPlan } from "./plan.ts";
import { type Reached, reach } from "./reach.ts";
import { checkRouting, routingOf } from "./routing.ts";

const defaultLate = "7d";

/**
 * Compiles definitions to a checked graph.
 * @throws config.invalid with every mistake, each with its place and remedy
 */
export function compileApp(app: AppDefinition, sourceOf: SourceOf = String): CompiledApp {
  const mistakes = new Mistakes();
  if (!checkApp(app, mistakes)) mistakes.throwIfAny();
  const reached = reach(app, mistakes);
  const events = new Map(
    [...reached.events].map(([name, event]) => [name, compileEvent(event, { app, reached, mistakes, sourceOf })]),
  );
  const hasBatch = [...reached.featureSets.values()].some(({ batch }) => batch !== undefined);
  if (hasBatch) events.set(batchRuns.name, batchRuns);
  const compiling: Compiling = { reached, events, lanes: new LaneSet(), mistakes, sourceOf };

  const featureSets: FeatureSetPlan[] = [];
  for (const set of reached.featureSets.values()) {
    if (set.batch !== undefined) continue;
    const compiled =
      set.table === undefined ? compileFeatureSet(set, compiling) : compileTable(set, set.table, compiling);
    if (compiled !== undefined) featureSets.push(compiled);
  }
  featureSets.push(...compileBatches(featureSets, compiling));
  const labels: LabelPlan[] = [];
  for (const label of reached.labels.values()) {
    const compiled = compileLabel(label, compiling);
    if (compiled !== undefined) labels.push(compiled);
  }
  const models: ModelPlan[] = [];
  for (const model of reached.models.values()) {
    const compiled = compileModel(model, featureSets, labels, compiling);
    if (compiled !== undefined) models.push(compiled);
  }
  for (const prediction of reached.predictions.values()) {
    const model = models.find((candidate) => candidate.name === prediction.model.name);
    if (model === undefined) continue;
    checkPrediction(prediction, model, mistakes);
    checkRouting(prediction, model, models, mistakes);
  }
  mistakes.throwIfAny();

  return {
    plan: {
      app: { name: app.name, tenancy: app.tenancy, environments: Object.keys(app.stores).sort() },
      entities: [...reached.entities.values()].map((entity) => ({
        name: entity.name,
        keyType: entity.keyType,
        ...aboutOf(entity),
      })),
      events: [...events.values()],
      lanes: compiling.lanes.lanes,
      featureSets,
      onDemand: [...reached.onDemand.values()].map((onDemand) => ({
        name: onDemand.name,
        spine: onDemand.on.name,
        uses: onDemand.uses.map((used) => used.name),
        ...aboutOf(onDemand),
        source: fingerprint(sourceOf(onDemand.compute, onDemand.name)),
      })),
      labels,
      models,
      predictions: [...reached.predictions.values()].map((prediction) => ({
        name: prediction.name,
        model: prediction.model.name,
        fallback: prediction.fallback,
        record: prediction.record,
        budgetMs: budgetMsOf(prediction, mistakes),
        ...loadBoundsOf(prediction, mistakes),
        ...routingOf(prediction, models.find(({ name }) => name === prediction.model.name)!),
        decides: prediction.decide !== undefined,
        ...(prediction.rule === undefined
          ? {}
          : { rule: fingerprint(sourceOf(prediction.rule, `${prediction.name}.rule`)) }),
        ...aboutOf(prediction),
      })),
    },
    functions: functionsOf(reached),
  };
}

/** The functions of what was reached, by the name of their definition. */
export function functionsOf(reached: Reached): CompiledApp["functions"] {
  const named = <F>(entries: Iterable<readonly [string, F | undefined]>): Record<string, F> =>
    Object.fromEntries([...entries].filter((entry): entry is readonly [string, F] => entry[1] !== undefined));
  const webhooks = [...reached.events].flatMap(
    ([
      name,
      {
        options: { from },
      },
    ]) => (isWebhook(from) ? [[name, from] as const] : []),
  );
  return {
    // A definition's function takes the row of its own types; the plan's checks make the call sound.
    compute: named([...reached.onDemand].map(([name, { compute }]) => [name, compute as never])),
    rule: named([...reached.predictions].map(([name, { rule }]) => [name, rule as never])),
    decide: named([...reached.predictions].map(([name, { decide }]) => [name, decide as never])),
    code: named(
      [...reached.models].flatMap(([name, m]) => (m.source === "pretrained" ? [[name, m.code as never] as const] : [])),
    ),
    map: named(webhooks.map(([name, { map }]) => [name, map as never])),
    tenantOf: named(
      webhooks.flatMap(([name, { tenant }]) => (typeof tenant === "function" ? [[name, tenant as never]] : [])),
    ),
  };
}

interface EventContext {
  readonly app: AppDefinition;
  readonly reached: Reached;
  readonly mistakes: Mistakes;
  readonly sourceOf: SourceOf;
}

function compileEvent(event: EventDefinition, { app, reached, mistakes, sourceOf }: EventContext): EventPlan {
  const { featureSets } = reached;
  const path = `event ${event.name}`;
  const table = event.isTable ? featureSets.get(event.name)?.table : undefined;
  for (const reserved of envelopeNames.filter((name) => Object.hasOwn(event.columns, name))) {
    mistakes.add(
      "define.name",
      `${path}.${reserved}`,
      `"${reserved}" is part of every event's envelope; choose another column name`,
    );
  }
  const columns = compileEventColumns(event, { featureSets, path, mistakes });
  const late = event.options.late ?? defaultLate;
  const lateMs = finiteMsOf(late, `${path}.late`, mistakes) ?? 0;
  const keepMs =
    event.options.keep === undefined ? undefined : finiteMsOf(event.options.keep, `${path}.keep`, mistakes);
  if (keepMs !== undefined && lateMs > keepMs) {
    const message = `events may be ${late} late and are kept ${event.options.keep} only; shorten late, or raise keep`;
    mistakes.add("define.window", `${path}.keep`, message);
  }
  const source = compileSource(event, { tenancy: app.tenancy, sourceOf, mistakes });
  return {
    name: event.name,
    ...aboutOf(table === undefined ? event.options : featureSets.get(event.name)?.options),
    columns,
    fingerprint: fingerprint(columns),
    lateMs,
    keepMs: keepMs ?? Number.POSITIVE_INFINITY,
    ...(table === undefined ? {} : { table: tableRows(columns, table) }),
    ...(featureSets.get(event.name)?.batch === undefined ? {} : { batch: true }),
    ...(source === undefined ? {} : { source }),
  };
}

const tableRows = (columns: EventPlan["columns"], table: TableSpec): TableRowsPlan => ({
  key: columns.find((column) => column.to?.kind === "entity")?.name ?? "",
  required: columns.filter(({ name }) => table.columns[name]?.spec?.nullable === false).map(({ name }) => name),
});
