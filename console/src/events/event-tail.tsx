import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { AppDescription } from "../../../packages/tenon/src/server/wire.ts";
import { recentEventsQuery } from "../api/queries.ts";
import { curlCommand, sampleRow } from "../format/curl-command.ts";
import { useApp } from "../frame/app-context.ts";
import { Button } from "../parts/button.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Loading } from "../parts/loading.tsx";
import { Panel } from "../parts/panel.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { Tabs } from "../parts/tabs.tsx";
import "./event-tail.css";
import { TailTable } from "./tail-table.tsx";

interface EventTailProps {
  readonly event: AppDescription["events"][number];
}

/** The newest events of a kind, looked at again every two seconds unless paused. */
export function EventTail({ event }: EventTailProps) {
  const { events } = useApp();
  const [paused, setPaused] = useState(false);
  const { data, error, refetch } = useQuery(recentEventsQuery(event.name, paused));
  return (
    <Panel
      title="Live tail"
      note={paused ? "paused" : "every 2 seconds"}
      flush
      actions={
        <Button look="small" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? "Resume" : "Pause"}
        </Button>
      }
    >
      <div className="tail-tabs">
        <Tabs label="Events">
          {events.map(({ name }) => (
            <Link
              key={name}
              to="/events"
              search={{ event: name }}
              resetScroll={false}
              aria-current={name === event.name ? "page" : undefined}
            >
              {name}
            </Link>
          ))}
        </Tabs>
      </div>
      {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={12} what="recent events" />}
      {data?.events.length === 0 && (
        <EmptyState
          title={`No ${event.name} has come in yet`}
          command={curlCommand(`/events/${event.name}`, sampleRow(event.columns))}
        >
          Send one from a terminal, with a key of <code>tenon keys create</code>:
        </EmptyState>
      )}
      {data && data.events.length > 0 && (
        <div className="tail">
          <TailTable event={event} events={data.events} />
        </div>
      )}
    </Panel>
  );
}
