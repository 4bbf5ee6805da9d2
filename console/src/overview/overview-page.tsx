import { useStatus } from "../live/use-status.ts";
import { Loading } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { ActivityPanel } from "./activity-panel.tsx";
import { LiveSummary } from "./live-summary.tsx";
import { QualityPanel } from "./quality-panel.tsx";
import { SystemPanel } from "./system-panel.tsx";
import { TrafficPanels } from "./traffic-panels.tsx";
import { TrainingPanel } from "./training-panel.tsx";

export function OverviewPage() {
  const status = useStatus();
  return (
    <Page title="Overview">
      {status ? (
        <>
          <LiveSummary status={status} />
          <TrainingPanel training={status.training} />
          <TrafficPanels points={status.points} />
          <QualityPanel quality={status.quality} />
          <div className="columns columns-aside">
            <ActivityPanel activity={status.activity} />
            <SystemPanel status={status} />
          </div>
        </>
      ) : (
        <Panel title="Live figures">
          <Loading lines={12} what="live figures" />
        </Panel>
      )}
    </Page>
  );
}
