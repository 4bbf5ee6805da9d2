import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type {
  CatalogColumnAnswer,
  CatalogFeature,
  Distribution,
  TrainingComparison,
} from "../../../packages/tenon/src/server/wire.ts";
import { DistributionChart, type Spread } from "../charts/distribution-chart.tsx";
import { formatCount } from "../format/number.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { barsOf } from "./distribution-bars.ts";

/** How the values are spread: as predictions meet them, or over keys, beside what a live version learnt. */
export function DistributionPanel({ answer }: { readonly answer: CatalogColumnAnswer }) {
  const { feature, distributions } = answer;
  const { comparisons } = distributions;
  const [model, setModel] = useState<string>();
  const [crowd, setCrowd] = useState<"served" | "keys">();
  const chosen = comparisons.find((one) => one.model === model) ?? comparisons[0];
  const now = chosen ?? distributions;
  const shown = crowd ?? (now.served === null ? "keys" : "served");
  const isThere = now.served !== null || now.keys !== null;
  return (
    <Panel
      title="Distribution"
      note={chosen?.trained ? `now against ${chosen.model} at training` : "now"}
      testId="feature-distribution"
      actions={
        now.served !== null &&
        now.keys !== null && (
          <Tabs label="Values of">
            <button type="button" aria-pressed={shown === "served"} onClick={() => setCrowd("served")}>
              predictions
            </button>
            <button type="button" aria-pressed={shown === "keys"} onClick={() => setCrowd("keys")}>
              keys
            </button>
          </Tabs>
        )
      }
    >
      {comparisons.length > 1 && (
        <Tabs label="Learnt by">
          {comparisons.map((one) => (
            <button key={one.model} type="button" aria-pressed={one === chosen} onClick={() => setModel(one.model)}>
              {one.model}
            </button>
          ))}
        </Tabs>
      )}
      {isThere || chosen?.trained ? (
        <Chart feature={feature} now={now[shown]} crowd={shown} trained={chosen?.trained ?? null} />
      ) : (
        <EmptyState title={feature.many === null ? "No value yet" : "Lists and maps are not charted"}>
          {feature.many === null
            ? "Values come with the first events, and with the first predictions."
            : "Make numbers of it in an on-demand function: those are."}
        </EmptyState>
      )}
      {chosen && <TrainingNote comparison={chosen} />}
    </Panel>
  );
}

interface ChartProps {
  readonly feature: CatalogFeature;
  readonly now: Distribution | null;
  readonly crowd: "served" | "keys";
  readonly trained: Distribution | null;
}

const crowdText = { served: "predictions of late", keys: "keys now" } as const;

function Chart({ feature, now, crowd, trained }: ChartProps) {
  const spreads: Spread[] = [];
  if (now !== null)
    spreads.push({
      label: `${crowdText[crowd]} (${formatCount(now.rows)})`,
      bars: barsOf(now, feature),
      rows: now.rows,
    });
  if (trained !== null)
    spreads.push({
      label: `at training (${formatCount(trained.rows)})`,
      bars: barsOf(trained, feature),
      rows: trained.rows,
    });
  return (
    <DistributionChart
      valueTitle={feature.column ?? feature.name}
      shareTitle={`share of ${crowd === "keys" && trained === null ? "keys" : "values"}, %`}
      spreads={spreads}
    />
  );
}

function TrainingNote({ comparison }: { readonly comparison: TrainingComparison }) {
  const { model, version, trainedAt, trained, withheld } = comparison;
  const name = (
    <Link to="/models/$model" params={{ model }} search={{ version }}>
      {model}@{version}
    </Link>
  );
  if (withheld)
    return (
      <p className="quiet small">
        {name} learnt from several tenants or from another one: their values are shown to the owner of the app.
      </p>
    );
  if (trained === null)
    return <p className="quiet small">{name} kept no profile of its training; the next version will.</p>;
  return (
    <p className="quiet small">
      {name} learnt on <Moment at={trainedAt} />
      {trained.kind === "number" && "; its bins hold about equally many of its examples"}.
    </p>
  );
}
