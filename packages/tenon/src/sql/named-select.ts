/** A relation of the text: its name, what it selects, and where that comes from. */
export interface NamedSelect {
  readonly name: string;
  readonly select: readonly string[];
  /** From FROM on, a line each. */
  readonly from: readonly string[];
}

/** `name AS (SELECT …)`, for a WITH. */
export const withItem = (named: NamedSelect): string => `${named.name} AS (\n${selectText(named, "  ")}\n)`;

/** Each line behind `indent`; a text with lines of its own stays as it is. */
export const selectText = ({ select, from }: Omit<NamedSelect, "name">, indent = ""): string =>
  [
    `${indent}SELECT`,
    select.map((item) => `${indent}  ${item}`).join(",\n"),
    ...from.map((line) => indent + line),
  ].join("\n");
