import { queryOptions } from "@tanstack/react-query";
import type {
  AppDescription,
  BatchStatus,
  CatalogAnswer,
  CatalogColumnAnswer,
  ConsistencyAnswer,
  LineageAnswer,
  LoggedPrediction,
  ModelAnswer,
  ModelsAnswer,
  PredictionsAnswer,
  RecentEvents,
} from "../../../packages/tenon/src/server/wire.ts";
import { get } from "./request.ts";

const definitionsEveryMs = 5_000;
const registryEveryMs = 4_000;
const consistencyEveryMs = 5_000;
const batchEveryMs = 2_000;
const tailEveryMs = 2_000;
const predictionsEveryMs = 3_000;
/** As long as the server keeps a sample. */
const catalogEveryMs = 30_000;
const tailRows = 50;
const predictionRows = 25;

const segment = encodeURIComponent;

export const appQuery = queryOptions({
  queryKey: ["app"],
  queryFn: ({ signal }) => get<AppDescription>("/app", signal),
  refetchInterval: definitionsEveryMs,
});

export const catalogQuery = (search: string, unused: boolean) =>
  queryOptions({
    queryKey: ["catalog", search, unused],
    queryFn: ({ signal }) => get<CatalogAnswer>(`/catalog?q=${segment(search)}${unused ? "&unused=true" : ""}`, signal),
    refetchInterval: catalogEveryMs,
    // What was found stays in sight while the next letter is looked up.
    placeholderData: (shown) => shown,
  });

export const catalogColumnQuery = (set: string, column: string) =>
  queryOptions({
    queryKey: ["catalog", set, column, "distributions"],
    queryFn: ({ signal }) => get<CatalogColumnAnswer>(`/catalog/${segment(set)}/${segment(column)}`, signal),
    refetchInterval: catalogEveryMs,
  });

export const lineageQuery = (of: string) =>
  queryOptions({
    queryKey: ["lineage", of],
    queryFn: ({ signal }) => get<LineageAnswer>(`/lineage?of=${segment(of)}`, signal),
    refetchInterval: catalogEveryMs,
  });

export const batchQuery = (batch: string) =>
  queryOptions({
    queryKey: ["batches", batch],
    queryFn: ({ signal }) => get<BatchStatus>(`/batches/${segment(batch)}`, signal),
    refetchInterval: batchEveryMs,
  });

export const consistencyQuery = queryOptions({
  queryKey: ["consistency"],
  queryFn: ({ signal }) => get<ConsistencyAnswer>("/consistency", signal),
  refetchInterval: consistencyEveryMs,
});

export const recentEventsQuery = (event: string, paused: boolean) =>
  queryOptions({
    queryKey: ["events", event],
    queryFn: ({ signal }) => get<RecentEvents>(`/events/${segment(event)}/recent?limit=${tailRows}`, signal),
    refetchInterval: paused ? false : tailEveryMs,
    refetchOnWindowFocus: !paused,
  });

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => get<ModelsAnswer>("/models", signal),
  refetchInterval: registryEveryMs,
});

export const modelQuery = (model: string) =>
  queryOptions({
    queryKey: ["models", model],
    queryFn: ({ signal }) => get<ModelAnswer>(`/models/${segment(model)}`, signal),
    refetchInterval: registryEveryMs,
  });

export const predictionsQuery = (prediction: string) =>
  queryOptions({
    queryKey: ["predictions", prediction],
    queryFn: ({ signal }) =>
      get<PredictionsAnswer>(`/predictions?prediction=${segment(prediction)}&limit=${predictionRows}`, signal),
    refetchInterval: predictionsEveryMs,
  });

export const loggedPredictionQuery = (id: string) =>
  queryOptions({
    queryKey: ["prediction", id],
    queryFn: ({ signal }) => get<LoggedPrediction>(`/predictions/${segment(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.label === null ? predictionsEveryMs : false),
  });
