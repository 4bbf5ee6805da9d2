/** Names of constants in a file that is written: each once, none of TypeScript's, of the language's and of its imports. */
export class VariableNames {
  readonly #taken: Set<string>;

  constructor(imported: readonly string[]) {
    this.#taken = new Set(imported);
  }

  take(name: string): string {
    const camel = name.replace(/_+(\w?)/g, (_, letter: string) => letter.toUpperCase());
    const base = reserved.has(camel) ? `${camel}Value` : camel;
    let free = base;
    for (let i = 2; this.#taken.has(free); i++) free = `${base}${i}`;
    this.#taken.add(free);
    return free;
  }
}

const reserved: ReadonlySet<string> = new Set(
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package private protected public".split(
    " ",
  ),
);
