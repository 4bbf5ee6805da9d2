import { formatDurationMs } from "../../../base/duration.ts";
import { catalogOf, entriesNamed } from "../../../plan/catalog.ts";
import type {
  CatalogColumnAnswer,
  CatalogFeature,
  CatalogSetAnswer,
  CoveredFrom,
  KeySample,
} from "../../../server/wire.ts";
import { type Command, type CommandCall, exitCodes, tenantOption } from "../../command.ts";
import { withDraftBuild } from "../../draft-build.ts";
import { runningApp } from "../../read-catalog.ts";
import { costText, figuresText, percent, usersText } from "../../show-catalog.ts";
import { distributionLines } from "../../show-distribution.ts";
import { showTime } from "../../show-values.ts";

export const featuresShow: Command = {
  name: "features show",
  summary: "Show a feature set, or a column with its values now and at training",
  usage: "tenon features show SET[.COLUMN]",
  options: [tenantOption],
  examples: ["tenon features show spend", "tenon features show spend.paid_30d --json"],
  async run(call) {
    const [name = ""] = call.words;
    const [set = "", ...column] = name.split(".");
    const app = await runningApp(call);
    if (app === undefined) await showDefined(call, name);
    else if (column.length === 0) showSet(call, await app.get<CatalogSetAnswer>(`/catalog/${encodeURIComponent(set)}`));
    else
      showColumn(
        call,
        await app.get<CatalogColumnAnswer>(
          `/catalog/${encodeURIComponent(set)}/${encodeURIComponent(column.join("."))}`,
        ),
      );
    return exitCodes.ok;
  },
};

/** What the configuration tells. */
async function showDefined(call: CommandCall, name: string): Promise<void> {
  const { output, places } = call;
  const features = await withDraftBuild(places.configFile, async ({ plan }) =>
    entriesNamed(catalogOf(plan), name).map((entry): CatalogFeature => ({ ...entry, figures: null, cost: null })),
  );
  const [first] = features;
  if (first !== undefined && first.name === name && first.column !== null) showFacts(call, first);
  else if (first !== undefined) showRows(call, first, features);
  output.text(output.paint("dim", "Nothing runs here: this is what the configuration tells."));
  output.value(features.length === 1 ? first : { name, features });
}

function showSet(call: CommandCall, answer: CatalogSetAnswer): void {
  showRows(call, answer, answer.features);
  for (const [event, from] of Object.entries(answer.coveredFrom)) call.output.text(coverageText(event, from));
  const costs = new Map(answer.features.flatMap(({ cost }) => (cost === null ? [] : [[cost.event, cost] as const])));
  for (const cost of costs.values()) call.output.text(`cost: ${costText(cost)}`);
  showSample(call, answer.sample);
  call.output.value(answer);
}

function showRows(
  { output }: CommandCall,
  about: Pick<CatalogSetAnswer, "of" | "owner" | "description"> & { readonly name: string },
  features: readonly CatalogFeature[],
): void {
  const [first] = features;
  output.text(`${output.paint("bold", first?.set ?? about.name)}  of ${about.of}, ${about.owner ?? "no owner"}`);
  if (about.description !== null) output.text(about.description);
  output.table(
    features.map((feature) => [
      `  ${feature.column ?? feature.name}`,
      feature.many ?? feature.type ?? "",
      feature.definition,
      feature.unused ? output.paint("yellow", "unused") : usersText(feature),
      ...figuresText(feature),
    ]),
  );
}

function showFacts({ output }: CommandCall, feature: CatalogFeature): void {
  output.text(`${output.paint("bold", feature.name)}  ${feature.definition}`);
  if (feature.description !== null) output.text(feature.description);
  const facts: readonly (readonly [string, string])[] = [
    ["of", feature.of],
    ["owner", feature.owner ?? "no owner"],
    ["type", `${feature.type ?? "told by its function"}${feature.many === null ? "" : `, ${feature.many}`}`],
    ["exactness", feature.exactness ?? "as its function has it"],
    ["used by", usersText(feature)],
    ...(feature.personal ? [["personal", "yes: its texts are listed nowhere"] as const] : []),
  ];
  output.table(facts.map(([name, value]) => [`  ${name}`, value]));
}

function showColumn(call: CommandCall, answer: CatalogColumnAnswer): void {
  const { output } = call;
  const { feature, sample } = answer;
  showFacts(call, feature);
  if (feature.figures !== null) {
    const { newestAgeMs, medianAgeMs, nullShare, statuses } = feature.figures;
    const ages =
      newestAgeMs === null || medianAgeMs === null
        ? "no key has an event in the window"
        : `newest ${formatDurationMs(newestAgeMs)} old, half of them within ${formatDurationMs(medianAgeMs)}`;
    output.table([
      ["  freshness", `${ages}; ${answer.applierLagEvents} events wait for the applier`],
      ["  null", percent(nullShare)],
      [
        "  statuses",
        Object.entries(statuses)
          .map(([status, share]) => `${status} ${percent(share)}`)
          .join(", "),
      ],
      ...(feature.cost === null ? [] : [["  cost", costText(feature.cost)]]),
    ]);
    if (feature.event !== null) output.text(`  ${coverageText(feature.event, answer.coveredFrom)}`);
    showSample(call, sample);
  }
  for (const line of distributionLines(answer.distributions, feature)) output.text(line);
  output.value(answer);
}

function coverageText(event: string, from: CoveredFrom): string {
  if (from === null) return `${event}: nothing has come yet`;
  return from === "everything" ? `${event}: all there ever was` : `${event}: all of it since ${showTime(from)}`;
}

function showSample({ output }: CommandCall, sample: KeySample | null): void {
  if (sample === null) return;
  const of = sample.whole ? `${sample.keysSeen}` : `the ${sample.keysSeen} that were looked at`;
  output.text(output.paint("dim", `Figures are of ${sample.keys} of ${of} keys of this tenant.`));
}
