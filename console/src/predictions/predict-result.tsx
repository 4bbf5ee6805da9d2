import { Link } from "@tanstack/react-router";
import type { PredictAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { FeaturesServedTable } from "../parts/features-served.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { ReceiptFacts } from "../parts/receipt-facts.tsx";
import { OutputFigures } from "./output-figures.tsx";
import "./predict-result.css";

interface PredictResultProps {
  readonly prediction: string;
  readonly answer: PredictAnswer | undefined;
  readonly error: Error | null;
}

/** The answer to the form: output and decision, receipt, and the features that it was made from. */
export function PredictResult({ prediction, answer, error }: PredictResultProps) {
  return (
    <Panel
      title="Answer"
      actions={
        answer && (
          <Link to="/predictions/$prediction/$id" params={{ prediction, id: answer.receipt.id }}>
            Its own page
          </Link>
        )
      }
    >
      <div className="predict-result" aria-live="polite">
        {error && <ProblemNotice error={error} />}
        {answer && !error && (
          <div className="stack" data-testid="predict-result">
            <OutputFigures output={outputOf(answer)} />
            <ReceiptFacts receipt={answer.receipt} />
            {answer.features && Object.keys(answer.features.values).length > 0 && (
              <div className="predict-features">
                <FeaturesServedTable features={answer.features} />
              </div>
            )}
          </div>
        )}
        {!answer && !error && <p className="quiet">The score, the decision and the features as served appear here.</p>}
      </div>
    </Panel>
  );
}

function outputOf(answer: PredictAnswer): Readonly<Record<string, unknown>> {
  const { receipt: _receipt, features: _features, ...output } = answer;
  return output;
}
