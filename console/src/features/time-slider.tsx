import { useId } from "react";
import { formatDuration } from "../format/duration.ts";
import { formatMinute } from "../format/time.ts";
import { Button } from "../parts/button.tsx";
import "./time-slider.css";
import { rangeMinutes, type TimeTravel } from "./use-time-travel.ts";

const stepMinutes = 30;
const minuteMs = 60_000;

/** From seven days back, in app time, to now. Arrow keys move by half an hour, Page keys by a tenth. */
export function TimeSlider({ travel }: { readonly travel: TimeTravel }) {
  const id = useId();
  const { at, minutesBack, endMs, goBack } = travel;
  const shown = at ?? (endMs === undefined ? undefined : new Date(endMs).toISOString());
  const words = at === undefined ? "now" : `${formatMinute(at)} UTC, ${formatDuration(minutesBack * minuteMs)} back`;
  return (
    <div className="time-slider">
      <div className="time-slider-head">
        <label htmlFor={id}>As of</label>
        <output htmlFor={id}>
          {at === undefined ? "now" : shown && `${formatMinute(shown)} UTC`}
          {at !== undefined && <span className="quiet"> · {formatDuration(minutesBack * minuteMs)} back</span>}
        </output>
        <Button look="small" disabled={at === undefined} onClick={() => goBack(0)}>
          Back to now
        </Button>
      </div>
      <input
        id={id}
        type="range"
        min={-rangeMinutes}
        max={0}
        step={stepMinutes}
        value={-minutesBack}
        disabled={endMs === undefined}
        onChange={(change) => goBack(-Number(change.target.value))}
        aria-valuetext={words}
        data-testid="features-slider"
      />
      <div className="time-slider-ends" aria-hidden="true">
        <span>7 days back</span>
        <span>now</span>
      </div>
    </div>
  );
}
