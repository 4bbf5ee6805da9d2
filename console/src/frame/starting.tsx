import { Loading } from "../parts/loading.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import "./plain-page.css";

/** Before the definitions are here: nothing yet, or why they do not come. */
export function Starting({ error, onRetry }: { readonly error: Error | null; readonly onRetry: () => void }) {
  return (
    <main className="plain-page">
      <h1>Tenon</h1>
      {error ? <ProblemNotice error={error} onRetry={onRetry} /> : <Loading lines={3} what="the app" />}
    </main>
  );
}
