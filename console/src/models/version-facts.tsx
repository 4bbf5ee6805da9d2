import type { ModelVersion } from "../../../packages/tenon/src/server/wire.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount } from "../format/number.ts";
import { Badge } from "../parts/badge.tsx";
import { Digest } from "../parts/digest.tsx";
import { Facts } from "../parts/facts.tsx";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";

export function VersionFacts({ version }: { readonly version: ModelVersion }) {
  return (
    <Panel title={`Version ${version.version}`} note={version.live && <Badge tone="accent">live</Badge>}>
      <Facts
        facts={[
          { name: "Created", value: <Moment at={version.createdAt} /> },
          { name: "Learnt from", value: `${formatCount(version.trainedRows)} rows` },
          { name: "Rounds", value: formatCount(version.rounds) },
          { name: "Took", value: formatDuration(version.seconds * 1000) },
          { name: "Owner", value: version.owner ?? "–" },
          { name: "Digest", value: <Digest value={version.digest} /> },
          { name: "Snapshot", value: <Digest value={version.snapshot} /> },
          { name: "Build", value: <Digest value={version.build} /> },
          { name: "Configuration", value: <Digest value={version.configFingerprint} /> },
        ]}
      />
    </Panel>
  );
}
