import type { ColumnPlan } from "../../plan/plan.ts";

/** The definition of an imported model, to paste. */
export function definitionText(o: {
  readonly name: string;
  readonly file: string;
  readonly input: readonly ColumnPlan[];
  readonly output: readonly ColumnPlan[];
}): string {
  const variable = o.name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return [
    `const ${variable} = pretrained(${JSON.stringify(o.name)}, {`,
    "  input: {",
    ...o.input.map((column) => `    ${column.name}: ${columnText(column)},`),
    "  },",
    `  output: { ${o.output.map((column) => `${column.name}: ${columnText(column)}`).join(", ")} },`,
    `  runtime: trees(${JSON.stringify(o.file)}),`,
    "});",
  ].join("\n");
}

function columnText({ type, values, nullable }: ColumnPlan): string {
  const list = type === "oneOf" ? values.map((value) => JSON.stringify(value)).join(", ") : "";
  return `c.${type}(${list})${nullable ? ".nullable()" : ""}`;
}
