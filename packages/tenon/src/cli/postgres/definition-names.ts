/** Names of definitions made of names in a database: letters, digits and underscores, a letter first, each once. */
export class DefinitionNames {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  take(name: string): string {
    const base = sanitised(name);
    let free = base;
    for (let i = 2; this.#taken.has(free); i++) free = `${base}_${i}`;
    this.#taken.add(free);
    return free;
  }
}

/** Room for a window and the name of a set behind it, within the 63 characters of a name. */
const lengthMax = 24;
const prototypeNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

function sanitised(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[^a-zA-Z0-9_]+/g, "_")
    .replace(/^[^a-zA-Z]+|_+$/g, "")
    .slice(0, lengthMax);
  if (plain === "") return "column";
  return prototypeNames.has(plain) ? `${plain}_` : plain;
}

/** One of what a table has many of, as English mostly says it. */
export function singular(name: string): string {
  if (/ies$/i.test(name)) return name.replace(/ies$/i, "y");
  if (/(ss|x|ch|sh)es$/i.test(name)) return name.replace(/es$/i, "");
  return /(ss|us|is)$/i.test(name) || name.length < 3 ? name : name.replace(/s$/i, "");
}
