import { ProblemError } from "../api/request.ts";
import { Button } from "./button.tsx";
import "./problem-notice.css";
import { Prose } from "./prose.tsx";

interface ProblemNoticeProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

/** What went wrong, what was found, what to do: the server's own words where it gave some. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  return (
    <div className="problem" role="alert">
      <h3>
        <span aria-hidden="true">✕ </span>
        {problem?.title ?? "The console made a mistake"}
      </h3>
      <p>
        <Prose text={problem?.detail ?? error.message} />
      </p>
      {problem?.errors && problem.errors.length > 0 && (
        <ul className="problem-fields">
          {problem.errors.map((field) => (
            <li key={`${field.path} ${field.code}`}>
              <code>{field.path}</code>: <Prose text={field.message} />
            </li>
          ))}
        </ul>
      )}
      {problem?.remedy && (
        <p className="problem-remedy">
          <Prose text={problem.remedy} />
        </p>
      )}
      {onRetry && (
        <div>
          <Button look="small" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
      {problem && (
        <p className="problem-code">
          <code>{problem.code}</code>
          {problem.requestId && <> · request {problem.requestId}</>}
        </p>
      )}
    </div>
  );
}
