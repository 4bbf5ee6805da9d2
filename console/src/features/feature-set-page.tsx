import { getRouteApi, Link } from "@tanstack/react-router";
import { useApp } from "../frame/app-context.ts";
import { NotFound } from "../frame/not-found.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { Progress } from "../parts/progress.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { BatchColumnTable } from "./batch-column-table.tsx";
import { BatchPanels } from "./batch-panels.tsx";
import { DefinitionTable } from "./definition-table.tsx";
import { LookUp } from "./look-up.tsx";

const route = getRouteApi("/features/$set");

export function FeatureSetPage() {
  const { featureSets } = useApp();
  const { set: name } = route.useParams();
  const set = featureSets.find((one) => one.name === name);
  if (!set) return <NotFound />;
  return (
    <Page
      title={`Features: ${set.name}`}
      trail={<Link to="/features">Features</Link>}
      lead={
        <>
          {set.columns.length} {set.columns.length === 1 ? "column" : "columns"} per {set.entity}
          {set.owner && <> · owner {set.owner}</>}
        </>
      }
    >
      <Tabs label="Feature sets">
        {featureSets.map((one) => (
          <Link key={one.name} to="/features/$set" params={{ set: one.name }} activeOptions={{ includeSearch: false }}>
            {one.name}
          </Link>
        ))}
      </Tabs>
      {set.backfilled < 1 && (
        <Panel title="Being filled from the log" note="reads are incomplete until it is done">
          <Progress label={`Backfill of ${set.name}`} done={set.backfilled} />
        </Panel>
      )}
      <LookUp key={`look up ${set.name}`} set={set} />
      {set.batch && <BatchPanels key={set.name} name={set.name} />}
      <Panel title={set.batch ? "Columns" : "Definitions"} flush>
        {set.batch ? <BatchColumnTable set={set} /> : <DefinitionTable set={set} />}
      </Panel>
    </Page>
  );
}
