import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { LoggedPrediction } from "../../../packages/tenon/src/server/wire.ts";
import { loggedPredictionQuery } from "../api/queries.ts";
import { formatValue } from "../format/value.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Facts } from "../parts/facts.tsx";
import { FeaturesServedTable } from "../parts/features-served.tsx";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { ReceiptFacts } from "../parts/receipt-facts.tsx";
import { ChallengersPanel } from "./challengers-panel.tsx";
import { LabelText } from "./label-text.tsx";
import { OutputFigures } from "./output-figures.tsx";
import { ReplayPanel } from "./replay-panel.tsx";

const route = getRouteApi("/predictions/$prediction/$id");

export function LoggedPredictionPage() {
  const { prediction, id } = route.useParams();
  const { data, error, refetch } = useQuery(loggedPredictionQuery(id));
  return (
    <Page
      title={`Prediction ${id}`}
      trail={
        <Link to="/predictions/$prediction" params={{ prediction }}>
          Predictions: {prediction}
        </Link>
      }
    >
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <Panel title="As it was answered">
          <Loading lines={12} what="the prediction" />
        </Panel>
      )}
      {data && <Logged logged={data} />}
    </Page>
  );
}

function Logged({ logged }: { readonly logged: LoggedPrediction }) {
  const input = Object.entries(logged.input).map(([name, value]) => ({ name, value: formatValue(value) }));
  const hasFeatures = Object.keys(logged.features.values).length > 0;
  return (
    <div className="columns">
      <div className="stack">
        <Panel title="As it was answered">
          <div className="stack">
            <OutputFigures output={logged.output} />
            <ReceiptFacts receipt={logged.receipt} />
          </div>
        </Panel>
        <Panel title="Input">
          <Facts facts={[...input, { name: "Label", value: <LabelText label={logged.label} /> }]} />
        </Panel>
        {logged.challengers && <ChallengersPanel challengers={logged.challengers} />}
        <ReplayPanel id={logged.id} original={logged.output} />
      </div>
      <Panel title="Features as served" flush>
        {hasFeatures ? (
          <FeaturesServedTable features={logged.features} />
        ) : (
          <EmptyState title="This prediction reads no features">Its input is all it saw.</EmptyState>
        )}
      </Panel>
    </div>
  );
}
