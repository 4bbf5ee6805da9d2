import { queryOptions } from "@tanstack/react-query";
import type { AppDescription, FeaturesAnswer, FeaturesRequest } from "../../../packages/tenon/src/server/wire.ts";
import { post } from "./request.ts";

export type FeatureSet = AppDescription["featureSets"][number];

const nowEveryMs = 2_000;
const historyReads = 24;

/** The values of one key, now (refreshed) or at a past time. */
export const featuresQuery = (set: FeatureSet, key: string, at: string | undefined) =>
  queryOptions({
    queryKey: ["features", set.name, key, at ?? "now"],
    queryFn: ({ signal }) => read(set, key, at, signal),
    refetchInterval: at === undefined ? nowEveryMs : false,
    placeholderData: (before: FeaturesAnswer | undefined, query) => (query?.queryKey[2] === key ? before : undefined),
    enabled: key !== "",
  });

/** The same key read at evenly spaced times, oldest first. */
export const featureHistoryQuery = (set: FeatureSet, key: string, range: { fromMs: number; toMs: number }) =>
  queryOptions({
    queryKey: ["feature-history", set.name, key, range.fromMs, range.toMs],
    queryFn: ({ signal }) => Promise.all(timesOf(range).map((at) => read(set, key, at, signal))),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    placeholderData: (before: FeaturesAnswer[] | undefined, query) => (query?.queryKey[2] === key ? before : undefined),
    enabled: key !== "",
  });

function timesOf({ fromMs, toMs }: { fromMs: number; toMs: number }): string[] {
  const stepMs = (toMs - fromMs) / (historyReads - 1);
  return Array.from({ length: historyReads }, (_, index) => new Date(fromMs + index * stepMs).toISOString());
}

function read(set: FeatureSet, key: string, at: string | undefined, signal: AbortSignal): Promise<FeaturesAnswer> {
  const value = set.keyType === "integer" ? Number(key) : key;
  const body: FeaturesRequest = { keys: [{ [set.entity]: value }], ...(at === undefined ? {} : { at }) };
  return post<FeaturesAnswer>(`/features/${encodeURIComponent(set.name)}`, body, signal);
}
