import type { ImportedColumn } from "./imported-model.ts";

const nameCharsMax = 63;

/** A name of a file as one of a definition: letters, digits and underscores; what begins otherwise has its kind before it. */
export function definitionName(name: string, kind: "column" | "class"): string {
  const plain = name.replace(/[^a-zA-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^[a-zA-Z]/.test(plain) ? plain : `${kind}_${plain}`).slice(0, nameCharsMax).replace(/_+$/, "");
}

/** What the columns of a file are called in a definition: two that would share a name are numbered. */
export function definitionNames(columns: readonly ImportedColumn[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }, i) => {
    const wanted = definitionName(name ?? String(i), "column");
    let free = wanted;
    for (let n = 2; taken.has(free); n++) free = `${wanted.slice(0, nameCharsMax - 8)}_${n}`;
    taken.add(free);
    return free;
  });
}
