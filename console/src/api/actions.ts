import { useMutation, useQueryClient } from "@tanstack/react-query";
import type {
  BatchBegun,
  Json,
  LoggedPrediction,
  PredictAnswer,
  PromotedAnswer,
  TrainAnswer,
} from "../../../packages/tenon/src/server/wire.ts";
import { get, post } from "./request.ts";

const segment = encodeURIComponent;
const modelPath = (model: string) => `/models/${segment(model)}`;

export type PredictInput = Readonly<Record<string, Json>>;

export function usePromote(model: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => post<PromotedAnswer>(`${modelPath(model)}/versions/${version}/promote`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

export function useRollback(model: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => post<PromotedAnswer>(`${modelPath(model)}/rollback`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

export function useTrain(model: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => post<TrainAnswer>(`${modelPath(model)}/train`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

export function useRunBatch(batch: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => post<BatchBegun>(`/batches/${segment(batch)}/run`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["batches", batch] }),
  });
}

export function usePredict(prediction: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: PredictInput) => post<PredictAnswer>(`/predict/${segment(prediction)}?explain=features`, input),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["predictions", prediction] }),
  });
}

export function useReplay(id: string) {
  return useMutation({
    mutationFn: () => get<LoggedPrediction>(`/predictions/${segment(id)}?replay=true`),
  });
}
