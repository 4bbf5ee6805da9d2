import type { FeatureRow, FeaturesAnswer, Json } from "../../../packages/tenon/src/server/wire.ts";
import type { FeatureSet } from "../api/feature-reads.ts";
import { formatDuration } from "../format/duration.ts";
import { formatChange } from "../format/number.ts";
import { formatValue } from "../format/value.ts";
import { Badge } from "../parts/badge.tsx";
import { Digest } from "../parts/digest.tsx";
import { Moment } from "../parts/moment.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { Table } from "../parts/table.tsx";

interface ValueTableProps {
  readonly set: FeatureSet;
  readonly answer: FeaturesAnswer;
  readonly row: FeatureRow;
  /** The same row now, while an earlier time is looked at. */
  readonly compared: FeatureRow | undefined;
}

export function ValueTable({ set, answer, row, compared }: ValueTableProps) {
  return (
    <div>
      <Table
        caption={`Values of ${set.name}`}
        testId="features-values"
        head={
          <>
            <th scope="col">Column</th>
            <th scope="col" className="number">
              Value
            </th>
            {compared && <th scope="col">Now (change)</th>}
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Age
            </th>
          </>
        }
      >
        {set.columns.map(({ name }) => {
          const status = row.statuses?.[name];
          const age = row.ages?.[name];
          return (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className="number">
                <strong title={formatValue(row.values[name])}>{formatValue(row.values[name])}</strong>
              </td>
              {compared && (
                <td className="one-line">
                  <Now then={row.values[name]} now={compared.values[name]} />
                </td>
              )}
              <td>{status && <StatusBadge status={status} />}</td>
              <td className="number quiet">{age === null || age === undefined ? "–" : formatDuration(age)}</td>
            </tr>
          );
        })}
      </Table>
      <p className="look-up-meta">
        <span>
          at <Moment at={answer.at} />
        </span>
        <span>
          position <Digest value={answer.position} />
        </span>
        {answer.archive && <Badge>read from the log</Badge>}
      </p>
    </div>
  );
}

/** The value now, marked where it moved. */
function Now({ then, now }: { readonly then: Json | undefined; readonly now: Json | undefined }) {
  if (formatValue(then) === formatValue(now)) return <span className="quiet">same</span>;
  const change = typeof then === "number" && typeof now === "number" ? now - then : undefined;
  return (
    <>
      <span className="value-changed">{formatValue(now)}</span>{" "}
      <Badge tone="accent">{change === undefined ? "moved" : formatChange(change)}</Badge>
    </>
  );
}
