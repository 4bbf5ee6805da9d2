import { featureDefinition } from "../plan/feature-definition.ts";
import { type ColumnPlan, type FeatureSetPlan, isSent, type Plan, type SpinePlan } from "../plan/plan.ts";
import { presentValue } from "../plan/row-codec.ts";
import type { Caller } from "../service/govern/api-keys.ts";
import { EventDecoder } from "../service/materialize/event-decoder.ts";
import type { Tenon } from "../service/tenon.ts";
import type { AppDescription, ColumnDescription, Json, TableDescription } from "./wire.ts";

/** The definitions, as the console and tools see them. */
export function describeApp(tenon: Tenon, tenant: string, version: string): AppDescription {
  const { plan } = tenon.build.app;
  return {
    name: plan.app.name,
    build: tenon.build.id,
    environment: tenon.environment,
    tenancy: plan.app.tenancy,
    tenant,
    version,
    entities: plan.entities.map(({ name, keyType, owner }) => ({ name, keyType, owner: owner ?? null })),
    events: plan.events.filter(isSent).map((event) => ({
      name: event.name,
      columns: event.columns.map(describeColumn),
      lateMs: event.lateMs,
      keepMs: Number.isFinite(event.keepMs) ? event.keepMs : null,
    })),
    featureSets: plan.featureSets.map((set) => ({
      name: set.name,
      entity: set.entity,
      keyType: set.keyType,
      owner: set.owner ?? null,
      table: describeTable(set, plan),
      batch: set.batch !== undefined,
      columns: set.columns.map((column) => featureDefinition(plan, column)),
      backfilled: backfilled(
        tenon,
        set.columns.map((column) => plan.lanes[column.lane].id),
      ),
    })),
    models: plan.models.map((model) => ({
      name: model.name,
      source: model.source,
      task: model.source === "trained" ? model.task : model.runtime === undefined ? "rule" : "made elsewhere",
      spine: model.spine.name,
      label: model.source === "trained" ? model.label : null,
      owner: model.owner ?? null,
    })),
    predictions: plan.predictions.map((prediction) => {
      const spine = spineOf(plan, prediction.model);
      return {
        name: prediction.name,
        model: prediction.model,
        input: spine.columns.map(describeColumn),
        takesId: spine.kind !== "none",
        takesAt: spine.kind !== "none",
        records: prediction.record,
        spine: { kind: spine.kind, name: spine.name, while: spine.while ?? null },
        owner: prediction.owner ?? null,
        example: Object.fromEntries(spine.columns.map((column) => [column.name, exampleOf(column)])),
      };
    }),
    configError: tenon.configError,
  };
}

const spineOf = (plan: Plan, model: string): SpinePlan =>
  plan.models.find((candidate) => candidate.name === model)!.spine;

/** The definitions with examples from the caller's newest events, so that their keys are known. */
export async function describeAppFor(tenon: Tenon, caller: Caller, version: string): Promise<AppDescription> {
  const described = describeApp(tenon, caller.tenantName, version);
  const predictions = described.predictions.map(async (prediction) => ({
    ...prediction,
    example:
      (await newestRow(tenon, caller.tenant, spineOf(tenon.build.app.plan, prediction.model))) ?? prediction.example,
  }));
  return { ...described, predictions: await Promise.all(predictions) };
}

export const describeColumn = (column: ColumnPlan): ColumnDescription => ({
  name: column.name,
  type: column.type,
  nullable: column.nullable,
  personal: column.personal,
  ...(column.type === "oneOf" ? { values: column.values } : {}),
  ...(column.to === undefined ? {} : { to: column.to.name }),
  ...(column.type === "decimal" ? { scale: column.scale } : {}),
  ...(column.lookup === undefined ? {} : { lookup: `${column.lookup.set}.${column.lookup.column}` }),
});

function describeTable({ name, table }: FeatureSetPlan, plan: Plan): TableDescription | null {
  const event = plan.events.find((candidate) => candidate.name === name);
  const rows = event?.table;
  if (table === undefined || event === undefined || rows === undefined) return null;
  const put = event.columns.filter((column) => column.name !== "deleted");
  const columns = put.map((column) => describeColumn({ ...column, nullable: !rows.required.includes(column.name) }));
  return { key: rows.key, ttlMs: table.ttlMs ?? null, columns };
}

function backfilled(tenon: Tenon, laneIds: readonly string[]): number {
  const { filling, appliedSeq } = tenon.applier;
  const shares = laneIds.map((id) =>
    id in filling ? filling[id] / Math.max(1, appliedSeq) : tenon.coverage.isFilling(id) ? 0 : 1,
  );
  return Math.min(1, ...shares);
}

async function newestRow(
  tenon: Tenon,
  tenant: number,
  spine: SpinePlan,
): Promise<Readonly<Record<string, Json>> | undefined> {
  const { plan } = tenon.build.app;
  const event = plan.events.find((candidate) => spine.kind === "event" && candidate.name === spine.name);
  if (event === undefined) return undefined;
  const [newest] = await tenon.log.newest(tenant, tenon.catalogue.topics[event.name], 1);
  if (newest === undefined) return undefined;
  const values = new EventDecoder(event, tenon.catalogue).decode(newest.payload);
  const shown = event.columns.map((column, i) => {
    const value = presentValue(column, values[i]);
    return [column.name, value instanceof Date ? value.toISOString() : value] as const;
  });
  return Object.fromEntries(shown);
}

function exampleOf(column: ColumnPlan): string | number | boolean {
  switch (column.type) {
    case "integer":
    case "decimal":
    case "real":
      return 1;
    case "flag":
      return true;
    case "time":
      return "2026-01-01T00:00:00Z";
    case "oneOf":
      return column.values[0] ?? "";
    case "ref":
      return column.to?.keyType === "integer" ? 1 : `${column.to?.name ?? "key"}-1`;
    default:
      return "text";
  }
}
