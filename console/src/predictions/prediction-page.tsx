import { getRouteApi, Link } from "@tanstack/react-router";
import { usePredict } from "../api/actions.ts";
import { useApp } from "../frame/app-context.ts";
import { NotFound } from "../frame/not-found.tsx";
import { Page } from "../parts/page.tsx";
import { Tabs } from "../parts/tabs.tsx";
import type { PredictionDescription } from "./form-values.ts";
import { PredictForm } from "./predict-form.tsx";
import { PredictResult } from "./predict-result.tsx";
import { RecentPredictions } from "./recent-predictions.tsx";

const route = getRouteApi("/predictions/$prediction");

export function PredictionPage() {
  const { predictions } = useApp();
  const { prediction: name } = route.useParams();
  const prediction = predictions.find((one) => one.name === name);
  if (!prediction) return <NotFound />;
  return (
    <Page
      title={`Predictions: ${prediction.name}`}
      lead={
        <>
          answered by{" "}
          <Link to="/models/$model" params={{ model: prediction.model }}>
            {prediction.model}
          </Link>
          {prediction.owner && <> · owner {prediction.owner}</>}
        </>
      }
    >
      <Tabs label="Predictions">
        {predictions.map((one) => (
          <Link key={one.name} to="/predictions/$prediction" params={{ prediction: one.name }}>
            {one.name}
          </Link>
        ))}
      </Tabs>
      <Desk key={prediction.name} prediction={prediction} />
    </Page>
  );
}

/** The form with its answer, and what was asked before. */
function Desk({ prediction }: { readonly prediction: PredictionDescription }) {
  const predict = usePredict(prediction.name);
  return (
    <>
      <div className="columns">
        <PredictForm
          prediction={prediction}
          busy={predict.isPending}
          error={predict.error}
          onPredict={(input) => predict.mutate(input)}
        />
        <PredictResult prediction={prediction.name} answer={predict.data} error={predict.error} />
      </div>
      <RecentPredictions prediction={prediction.name} />
    </>
  );
}
