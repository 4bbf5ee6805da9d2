/** The name that a mistyped one most likely meant, or undefined when none is near. */
export function nearestName(asked: string, known: Iterable<string>): string | undefined {
  const bound = Math.max(1, Math.floor(asked.length / 3));
  let best: string | undefined;
  let bestDistance = bound + 1;
  for (const name of known) {
    const distance =
      Math.abs(name.length - asked.length) > bound
        ? bestDistance
        : editDistance(asked.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein's distance where two neighbours that changed places count once. Names are short: at most a few hundred characters. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? beforePrevious[j - 2]! + 1 : substitute;
      current[j] = Math.min(substitute, swap, previous[j]! + 1, current[j - 1]! + 1);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** ` Did you mean "x"?` or nothing: the end of a message about an unknown name. */
export function suggestion(asked: string, known: Iterable<string>): string {
  const name = nearestName(asked.slice(0, 200), known);
  return name === undefined ? "" : ` Did you mean "${name}"?`;
}
