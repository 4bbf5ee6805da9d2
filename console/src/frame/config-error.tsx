import { Digest } from "../parts/digest.tsx";
import { useApp } from "./app-context.ts";
import "./config-error.css";

/** Shown while the configuration on disk does not compile: what serves is the last build that did. */
export function ConfigError() {
  const { configError, build } = useApp();
  return (
    <div role="alert">
      {configError && (
        <div className="config-error">
          <h2>
            <span aria-hidden="true">✕ </span>tenon.config.ts does not compile
          </h2>
          <p>
            Build <Digest value={build} /> goes on serving. Mend the file and save: it is picked up by itself.
          </p>
          <pre>{configError}</pre>
        </div>
      )}
    </div>
  );
}
