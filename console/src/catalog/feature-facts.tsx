import type { CatalogColumnAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatBytes, formatCount, formatPercent } from "../format/number.ts";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { bytesText, microsText } from "./catalog-table.tsx";
import { Users } from "./users.tsx";
import "./feature-facts.css";

const manyTexts = { list: "list", counts: "values with counts", groups: "map" } as const;

/** What a column is, how it does and what it costs. */
export function FeatureFacts({ answer }: { readonly answer: CatalogColumnAnswer }) {
  const { feature } = answer;
  const { type, many } = feature;
  return (
    <div className="columns">
      <Panel title="Definition">
        <Facts
          facts={[
            { name: "Of", value: feature.of },
            { name: "Owner", value: feature.owner ?? <span className="quiet">none</span> },
            { name: "Type", value: many === null ? (type ?? "as its function answers") : manyTexts[many] },
            { name: "Personal data", value: feature.personal ? "yes" : "no" },
            { name: "Used by", value: <Users feature={feature} /> },
          ]}
        />
        {feature.exactness && <p className="feature-exactness">Exactness: {feature.exactness}.</p>}
      </Panel>
      <Panel title="Now" testId="feature-now">
        <Facts facts={[...liveFacts(answer), ...costFacts(answer)]} />
      </Panel>
    </div>
  );
}

function liveFacts({ feature: { figures }, coveredFrom, applierLagEvents }: CatalogColumnAnswer): readonly Fact[] {
  if (figures === null) return [{ name: "Freshness", value: "computed at each request" }];
  const { newestAgeMs, medianAgeMs, nullShare, statuses } = figures;
  return [
    { name: "Newest event", value: newestAgeMs === null ? "none in the window" : formatDuration(newestAgeMs) },
    { name: "Of the median key", value: medianAgeMs === null ? "–" : formatDuration(medianAgeMs) },
    { name: "Null", value: formatPercent(nullShare) },
    { name: "Behind the log", value: `${formatCount(applierLagEvents)} events` },
    { name: "Covered from", value: <Covered from={coveredFrom} /> },
    {
      name: "Statuses",
      value: Object.entries(statuses)
        .map(([status, share]) => `${status} ${formatPercent(share)}`)
        .join(", "),
    },
  ];
}

function Covered({ from }: { readonly from: CatalogColumnAnswer["coveredFrom"] }) {
  if (from === null) return "nothing has come";
  return from === "everything" ? "the beginning" : <Moment at={from} />;
}

function costFacts({ feature: { cost } }: CatalogColumnAnswer): readonly Fact[] {
  if (cost === null) return [];
  const most = cost.bytesPerKeyMax === null ? "" : `, at most ${formatBytes(cost.bytesPerKeyMax)}`;
  return [
    { name: "Stored per key", value: `${bytesText(cost)}${most}` },
    { name: "CPU per update", value: `${microsText(cost)}, ${formatCount(cost.updatesMeasured)} measured` },
    { name: "Rows shared by", value: cost.columns === 1 ? "this column alone" : `${cost.columns} columns` },
  ];
}
