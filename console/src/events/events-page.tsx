import { getRouteApi } from "@tanstack/react-router";
import { useApp } from "../frame/app-context.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Page } from "../parts/page.tsx";
import { Panel } from "../parts/panel.tsx";
import { EventTail } from "./event-tail.tsx";
import { SchemaTable } from "./schema-table.tsx";

const route = getRouteApi("/events");

export function EventsPage() {
  const { events } = useApp();
  const search = route.useSearch();
  const shown = events.find((event) => event.name === search.event) ?? events[0];
  return (
    <Page title="Events" lead="What the app takes in: one row per fact, at the time when it happened.">
      {shown ? (
        <>
          <EventTail key={shown.name} event={shown} />
          <Panel title="Schemas" note={events.length === 1 ? "1 event" : `${events.length} events`} flush>
            <SchemaTable events={events} />
          </Panel>
        </>
      ) : (
        <Panel title="Schemas" flush>
          <EmptyState title="The app defines no event">
            Write one with <code>event()</code> in tenon.config.ts and add it to <code>use</code>. A rule or a bought
            API is a prediction that needs none.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}
