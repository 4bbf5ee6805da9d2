const names: Readonly<Record<string, string>> = {
  auc: "AUC",
  logLoss: "Log loss",
  brier: "Brier score",
  f1: "F1",
  rmse: "RMSE",
  mae: "MAE",
  r2: "R²",
};

/** Field terms as they are written in the field; other metrics with a capital letter. */
export function metricName(metric: string): string {
  return names[metric] ?? metric.charAt(0).toUpperCase() + metric.slice(1);
}
