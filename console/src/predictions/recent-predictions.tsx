import { useQuery } from "@tanstack/react-query";
import { predictionsQuery } from "../api/queries.ts";
import { curlCommand, sampleRow } from "../format/curl-command.ts";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loading } from "../parts/loading.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { RecentTable } from "./recent-table.tsx";

export function RecentPredictions({ prediction }: { readonly prediction: string }) {
  const { data, error, refetch } = useQuery(predictionsQuery(prediction));
  const definition = useApp().predictions.find((one) => one.name === prediction);
  return (
    <Panel title="Recent predictions" note="every 3 seconds" flush>
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={10} what="recent predictions" />}
      {data && data.predictions.length > 0 && <RecentTable predictions={data.predictions} />}
      {data?.predictions.length === 0 && definition && (
        <EmptyState
          title="None has been made yet"
          command={curlCommand(`/predict/${prediction}`, definition.example ?? sampleRow(definition.input))}
        >
          Use the form above, or ask from a terminal with a key of <code>tenon keys create</code>:
        </EmptyState>
      )}
    </Panel>
  );
}
