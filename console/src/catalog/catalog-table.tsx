import { Link } from "@tanstack/react-router";
import type { CatalogFeature } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatBytes, formatPercent } from "../format/number.ts";
import { Table } from "../parts/table.tsx";
import { Users } from "./users.tsx";

export function CatalogTable({ features }: { readonly features: readonly CatalogFeature[] }) {
  return (
    <Table
      caption="Features"
      testId="catalog-table"
      head={
        <>
          <th scope="col">Feature</th>
          <th scope="col">Definition</th>
          <th scope="col">Owner</th>
          <th scope="col">Used by</th>
          <th scope="col" className="number">
            Newest
          </th>
          <th scope="col" className="number">
            Null
          </th>
          <th scope="col" className="number">
            Per key
          </th>
          <th scope="col" className="number">
            Per update
          </th>
        </>
      }
    >
      {features.map((feature) => (
        <tr key={feature.name}>
          <th scope="row">
            <FeatureName feature={feature} />
          </th>
          <td className="catalog-what">
            <code>{feature.definition}</code>
          </td>
          <td className="quiet one-line">{feature.owner ?? "–"}</td>
          <td className="catalog-users">
            <Users feature={feature} />
          </td>
          <td className="number">{ageText(feature.figures)}</td>
          <td className="number">{formatPercent(feature.figures?.nullShare ?? null)}</td>
          <td className="number">{bytesText(feature.cost)}</td>
          <td className="number">{microsText(feature.cost)}</td>
        </tr>
      ))}
    </Table>
  );
}

function FeatureName({ feature: { name, set, column } }: { readonly feature: CatalogFeature }) {
  // The columns of a function are known once a model has learnt them.
  if (column === null) return <code>{name}</code>;
  return (
    <Link to="/features/$set/$column" params={{ set, column }}>
      <code>{name}</code>
    </Link>
  );
}

const ageText = (figures: CatalogFeature["figures"]): string =>
  figures === null || figures.newestAgeMs === null ? "–" : formatDuration(figures.newestAgeMs);

export const bytesText = (cost: CatalogFeature["cost"]): string =>
  cost === null || cost.bytesPerKeyMean === null ? "–" : formatBytes(cost.bytesPerKeyMean);

export const microsText = (cost: CatalogFeature["cost"]): string =>
  cost === null || cost.cpuMicrosPerUpdate === null ? "–" : `${cost.cpuMicrosPerUpdate.toFixed(1)} µs`;
