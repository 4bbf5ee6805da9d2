import { adminRoutes } from "./admin-routes.ts";
import { batchesRoutes } from "./batches-routes.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import { feastRoutes } from "./compat/feast-routes.ts";
import { kserveRoutes } from "./compat/kserve-routes.ts";
import { oipRoutes } from "./compat/oip-routes.ts";
import { scoringRoutes } from "./compat/scoring-routes.ts";
import { consistencyRoutes } from "./consistency-routes.ts";
import { deadLettersRoutes } from "./dead-letters-routes.ts";
import { entitiesRoutes } from "./entities-routes.ts";
import { eventsRoutes } from "./events-routes.ts";
import { featuresRoutes } from "./features-routes.ts";
import { modelsRoutes } from "./models-routes.ts";
import { predictRoutes } from "./predict-routes.ts";
import type { Route } from "./route.ts";
import { tablesRoutes } from "./tables-routes.ts";
import { webhooksRoutes } from "./webhooks-routes.ts";

/** Every route of the app. */
export function allRoutes(version: string): readonly Route[] {
  const routes: readonly Route[] = [
    ...predictRoutes,
    ...eventsRoutes,
    ...deadLettersRoutes,
    ...tablesRoutes,
    ...batchesRoutes,
    ...webhooksRoutes,
    ...featuresRoutes,
    ...entitiesRoutes,
    ...catalogRoutes,
    ...modelsRoutes,
    ...consistencyRoutes,
    ...feastRoutes,
    ...oipRoutes(version),
    ...kserveRoutes,
    ...scoringRoutes(version),
    ...adminRoutes(version, () => routes),
  ];
  return routes;
}
