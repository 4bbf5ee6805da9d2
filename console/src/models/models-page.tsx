import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "../api/queries.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { ModelList } from "./model-list.tsx";

export function ModelsPage() {
  const { data, error, refetch } = useQuery(modelsQuery);
  return (
    <Page
      title="Models"
      lead="What predictions are made with: learnt versions, rules, and models that were made elsewhere."
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      <Panel title="All models" flush>
        {!data && !error && <Loading lines={3} what="models" />}
        {data && data.models.length > 0 && <ModelList models={data.models} />}
        {data?.models.length === 0 && (
          <EmptyState title="The app defines no model" command="npx tenon plan">
            Write one with <code>model()</code>, or a rule with <code>pretrained()</code>, in tenon.config.ts.
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}
