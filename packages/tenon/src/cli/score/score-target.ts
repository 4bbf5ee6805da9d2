import { TenonError } from "../../base/error.ts";
import { suggestion } from "../../base/nearest.ts";
import type { AppDescription } from "../../server/wire.ts";
import type { AppSocket } from "../app-socket.ts";
import { type RowShape, wholeKeysOf } from "../import/import-target.ts";
import type { SourceCall } from "./score-call.ts";

/** The prediction that rows are scored by. */
export interface ScoreTarget extends RowShape {
  readonly name: string;
  readonly wholeKeys: ReadonlySet<string>;
  /** Rows need ids, so that none is stored twice. */
  readonly records: boolean;
  readonly spine: AppDescription["predictions"][number]["spine"];
  readonly entities: readonly string[];
}

/** @throws prediction.unknown with the nearest name */
export async function scoreTarget(app: AppSocket, name: string): Promise<ScoreTarget> {
  const described = await app.get<AppDescription>("/app");
  const prediction = described.predictions.find((candidate) => candidate.name === name);
  if (prediction === undefined) {
    const names = described.predictions.map((candidate) => candidate.name);
    throw new TenonError("prediction.unknown", `the app has no prediction "${name}".${suggestion(name, names)}`);
  }
  const { input, takesId, records, spine } = prediction;
  return {
    kind: "prediction",
    name,
    columns: input,
    envelope: takesId
      ? [
          { name: "id", type: "text", isNeeded: false },
          { name: "at", type: "time", isNeeded: false },
        ]
      : [],
    wholeKeys: wholeKeysOf(input, described),
    records,
    spine,
    entities: described.entities.map((entity) => entity.name),
  };
}

/** The keys that a source of keys means: which entity's, in which column, and which table has to have them. */
export interface SpineKeys {
  readonly entity: string;
  readonly column: string;
  readonly while: string | undefined;
}

/** @throws cli.usage, entity.unknown */
export function spineKeys(target: ScoreTarget, { name }: SourceCall & { readonly kind: "entity" }): SpineKeys {
  const { spine, columns, entities } = target;
  const entity = name ?? (spine.kind === "entity" ? spine.name : undefined);
  if (entity === undefined)
    throw new TenonError(
      "cli.usage",
      `"${target.name}" is not made for an entity: --for takes a file of its rows, or entity:NAME with --set for the other columns`,
    );
  if (!entities.includes(entity))
    throw new TenonError("entity.unknown", `the app has no entity "${entity}".${suggestion(entity, entities)}`);
  const [column, ...others] = columns.filter(({ to }) => to === entity);
  if (column === undefined || others.length > 0)
    throw new TenonError(
      "cli.usage",
      `"${target.name}" has ${column === undefined ? "no column" : "several columns"} for a key of "${entity}": --for takes a file of its rows`,
    );
  const bound = spine.kind === "entity" && spine.name === entity ? spine.while : null;
  return { entity, column: column.name, while: bound ?? undefined };
}
