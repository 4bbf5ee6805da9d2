import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { CatalogPage } from "./catalog/catalog-page.tsx";
import { FeaturePage } from "./catalog/feature-page.tsx";
import { ConsistencyPage } from "./consistency/consistency-page.tsx";
import { EventsPage } from "./events/events-page.tsx";
import { FeatureSetPage } from "./features/feature-set-page.tsx";
import { BrokenPage } from "./frame/broken-page.tsx";
import { NotFound } from "./frame/not-found.tsx";
import { Shell } from "./frame/shell.tsx";
import { ModelPage } from "./models/model-page.tsx";
import { ModelsPage } from "./models/models-page.tsx";
import { OverviewPage } from "./overview/overview-page.tsx";
import { LoggedPredictionPage } from "./predictions/logged-prediction-page.tsx";
import { PredictionPage } from "./predictions/prediction-page.tsx";
import { PredictionsIndex } from "./predictions/predictions-index.tsx";
import { optionalFlag, optionalNumber, optionalText, type RawSearch } from "./search.ts";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const under = () => root;

const overview = createRoute({ getParentRoute: under, path: "/", component: OverviewPage });
const events = createRoute({
  getParentRoute: under,
  path: "/events",
  validateSearch: (raw: RawSearch) => optionalText(raw, "event"),
  component: EventsPage,
});
const features = createRoute({
  getParentRoute: under,
  path: "/features",
  validateSearch: (raw: RawSearch) => ({ ...optionalText(raw, "q"), ...optionalFlag(raw, "unused") }),
  component: CatalogPage,
});
const consistency = createRoute({ getParentRoute: under, path: "/consistency", component: ConsistencyPage });
const featureSet = createRoute({
  getParentRoute: under,
  path: "/features/$set",
  validateSearch: (raw: RawSearch) => ({
    ...optionalText(raw, "key"),
    ...optionalText(raw, "at"),
    ...optionalText(raw, "column"),
  }),
  component: FeatureSetPage,
});
const feature = createRoute({ getParentRoute: under, path: "/features/$set/$column", component: FeaturePage });
const models = createRoute({ getParentRoute: under, path: "/models", component: ModelsPage });
const model = createRoute({
  getParentRoute: under,
  path: "/models/$model",
  validateSearch: (raw: RawSearch) => optionalNumber(raw, "version"),
  component: ModelPage,
});
const predictions = createRoute({ getParentRoute: under, path: "/predictions", component: PredictionsIndex });
const prediction = createRoute({
  getParentRoute: under,
  path: "/predictions/$prediction",
  component: PredictionPage,
});
const logged = createRoute({
  getParentRoute: under,
  path: "/predictions/$prediction/$id",
  component: LoggedPredictionPage,
});

export const router = createRouter({
  basepath: "/console",
  routeTree: root.addChildren([
    overview,
    events,
    features,
    featureSet,
    feature,
    models,
    model,
    predictions,
    prediction,
    logged,
    consistency,
  ]),
  defaultErrorComponent: BrokenPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
