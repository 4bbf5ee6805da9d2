const names: Readonly<Record<string, string>> = {
  auc: "AUC",
  logLoss: "Log loss",
  brier: "Brier score",
  f1: "F1",
  rmse: "RMSE",
  mae: "MAE",
  r2: "R²",
};

/** Field terms as they are written in the field; others as words: `calibrationError` is Calibration error. */
export function metricName(metric: string): string {
  const known = names[metric];
  if (known) return known;
  const words = metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
