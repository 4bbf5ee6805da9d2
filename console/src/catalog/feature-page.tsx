import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { CatalogColumnAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { catalogColumnQuery, lineageQuery } from "../api/queries.ts";
import { formatCount } from "../format/number.ts";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { DistributionPanel } from "./distribution-panel.tsx";
import { FeatureFacts } from "./feature-facts.tsx";
import { LineageGraph } from "./lineage-graph.tsx";

const route = getRouteApi("/features/$set/$column");

/** One column: what it is, what it holds, and where it comes from and goes to. */
export function FeaturePage() {
  const { set, column } = route.useParams();
  const { data, error, refetch } = useQuery(catalogColumnQuery(set, column));
  const feature = data?.feature;
  return (
    <Page
      title={`${set}.${column}`}
      trail={<Trail set={set} isSet={feature?.kind !== "onDemand"} />}
      lead={feature && <code>{feature.definition}</code>}
    >
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data ? (
        <>
          {feature?.description && <p>{feature.description}</p>}
          <FeatureFacts answer={data} />
          <DistributionPanel answer={data} />
          <LineagePanel name={feature?.kind === "onDemand" ? `onDemand:${set}` : `feature:${set}.${column}`} />
          <SampleNote answer={data} />
        </>
      ) : (
        !error && (
          <Panel title="Figures">
            <Loading lines={12} what="the feature" />
          </Panel>
        )
      )}
    </Page>
  );
}

function Trail({ set, isSet }: { readonly set: string; readonly isSet: boolean }) {
  return (
    <>
      <Link to="/features">Features</Link>
      {isSet && (
        <>
          {" › "}
          <Link to="/features/$set" params={{ set }}>
            {set}
          </Link>
        </>
      )}
    </>
  );
}

function LineagePanel({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery(lineageQuery(name));
  return (
    <Panel title="Lineage" note="from the columns of events to predictions" testId="feature-lineage">
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data && <LineageGraph lineage={data} of={name} />}
      {!data && !error && <Loading lines={6} what="the lineage" />}
    </Panel>
  );
}

function SampleNote({ answer: { sample } }: { readonly answer: CatalogColumnAnswer }) {
  if (sample === null) return null;
  const of = sample.whole ? "" : "the first ";
  return (
    <p className="quiet small">
      Figures are of {formatCount(sample.keys)} of {of}
      {formatCount(sample.keysSeen)} keys of this tenant, drawn by hash and anew every 30 seconds.
    </p>
  );
}
