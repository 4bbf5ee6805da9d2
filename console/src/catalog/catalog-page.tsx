import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { CatalogAnswer } from "../../../packages/tenon/src/server/wire.ts";
import { catalogQuery } from "../api/queries.ts";
import { formatCount } from "../format/number.ts";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { CatalogTable } from "./catalog-table.tsx";
import "./catalog-page.css";

const route = getRouteApi("/features");

/** Every feature: what it is, whose it is, who takes it, and how it does. */
export function CatalogPage() {
  const { featureSets } = useApp();
  const { q = "", unused = false } = route.useSearch();
  const { data, error, refetch } = useQuery(catalogQuery(q, unused));
  return (
    <Page title="Features" lead="What is computed, whose it is, who takes it, and how fresh and whole it is.">
      {featureSets.length > 0 && (
        <nav className="catalog-sets" aria-label="Feature sets">
          <span className="quiet">Look a key up in</span>
          {featureSets.map(({ name }) => (
            <Link key={name} to="/features/$set" params={{ set: name }}>
              {name}
            </Link>
          ))}
        </nav>
      )}
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      <Panel title="Catalogue" note={data && foundText(data)} flush>
        <SearchForm q={q} unused={unused} data={data} />
        {!data && !error && <Loading lines={8} what="features" />}
        {data && data.features.length > 0 && <CatalogTable features={data.features} />}
        {data?.features.length === 0 && <NothingFound isAll={q === "" && !unused} unused={unused} />}
      </Panel>
    </Page>
  );
}

function foundText({ features, total }: CatalogAnswer): string {
  if (features.length < total) return `the first ${features.length} of ${formatCount(total)}; search for the others`;
  return total === 1 ? "1 feature" : `${formatCount(total)} features`;
}

interface SearchFormProps {
  readonly q: string;
  readonly unused: boolean;
  readonly data: CatalogAnswer | undefined;
}

function SearchForm({ q, unused, data }: SearchFormProps) {
  const navigate = route.useNavigate();
  const show = (next: { readonly q: string; readonly unused: boolean }): void =>
    void navigate({
      search: { ...(next.q === "" ? {} : { q: next.q }), ...(next.unused ? { unused: true } : {}) },
      replace: true,
    });
  return (
    // biome-ignore lint/a11y/useSemanticElements: React's types know no <search> with a role of its own
    <div className="catalog-search" role="search">
      <input
        type="search"
        className="control"
        aria-label="Search the features"
        placeholder="Name, owner, event, model …"
        value={q}
        data-testid="catalog-search"
        onChange={({ target }) => show({ q: target.value, unused })}
      />
      <label>
        <input
          type="checkbox"
          className="check"
          checked={unused}
          data-testid="catalog-unused"
          onChange={({ target }) => show({ q, unused: target.checked })}
        />
        Unused only{data && ` (${formatCount(data.unusedCount)})`}
      </label>
    </div>
  );
}

function NothingFound({ isAll, unused }: { readonly isAll: boolean; readonly unused: boolean }) {
  if (isAll)
    return (
      <EmptyState title="The app defines no features" command="npx tenon plan">
        Write a set with <code>features()</code> in tenon.config.ts and add it to <code>use</code>;{" "}
        <code>tenon plan</code> says what the change would do.
      </EmptyState>
    );
  return (
    <EmptyState title={unused ? "No such feature is unused" : "No feature is like this"}>
      A search looks for all of its words in names, owners, descriptions, definitions and users.
    </EmptyState>
  );
}
