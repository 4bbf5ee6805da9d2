/** A list in the order of its items' texts, and where each item has come to stand. */
export function sorted<T>(list: readonly T[]): { readonly list: readonly T[]; readonly places: readonly number[] } {
  const texts = list.map((item) => JSON.stringify(item));
  const order = [...list.keys()].sort((a, b) => (texts[a]! < texts[b]! ? -1 : texts[a]! > texts[b]! ? 1 : 0));
  const places: number[] = [];
  for (const [place, index] of order.entries()) places[index] = place;
  return { list: order.map((index) => list[index]!), places };
}
