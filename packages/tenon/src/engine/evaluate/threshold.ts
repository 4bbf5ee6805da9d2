/**
 * The threshold at which F1 is greatest, halfway between two neighbouring probabilities; the higher of equals. Choose it on
 * validation rows and judge it on others. 0.5 when no row is positive.
 */
export function thresholdOfBestF1(labels: Float64Array, probabilities: Float64Array): number {
  const rows = Uint32Array.from(labels, (_, row) => row).sort((a, b) => probabilities[b]! - probabilities[a]!);
  let positives = 0;
  for (let row = 0; row < labels.length; row++) positives += labels[row]!;
  let best = 0;
  let threshold = 0.5;
  for (let i = 0, truePositives = 0; i < rows.length; i++) {
    truePositives += labels[rows[i]!]!;
    const here = probabilities[rows[i]!]!;
    const next = i + 1 < rows.length ? probabilities[rows[i + 1]!]! : 0;
    // Rows of one probability are called together.
    if (i + 1 < rows.length && next === here) continue;
    const f1 = (2 * truePositives) / (i + 1 + positives);
    if (f1 <= best) continue;
    best = f1;
    threshold = (here + next) / 2;
  }
  return threshold;
}
