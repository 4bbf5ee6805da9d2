import { type Answer, type Case, questionText } from "./mismatch.ts";
import type { Happening, Question } from "./story.ts";

/** Where the test stands: what it imports, and what it says of itself. */
export interface TestTerms {
  /** Such as `./tenon.config.ts`: from the test's folder to the configuration. */
  readonly config: string;
  /** The first line of its comment. */
  readonly origin: string;
}

const json = (value: unknown): string => JSON.stringify(value);
const time = (ms: number): string => json(new Date(ms).toISOString());

/** A mismatch as a test of node:test that fails until the two agree: its events, and what the definition says of them. */
export function testText({ startMs, endMs, story, question }: Case, answer: Answer, terms: TestTerms): string {
  let clockMs = startMs;
  const lines = story.flatMap((happening) => {
    const isLater = happening.atMs > clockMs;
    clockMs = Math.max(clockMs, happening.atMs);
    return [...(isLater ? [`  app.clock(${time(happening.atMs)});`] : []), `  ${told(happening)}`];
  });
  if (endMs > clockMs) lines.push(`  app.clock(${time(endMs)});`);
  const comment = (text: string): string => `// ${text.replaceAll(/[\r\n]+/g, " ")}`;
  return `${[
    comment(terms.origin),
    comment(`The app answered ${json(answer.found ?? null)}; the definition says ${json(answer.expected.value)}.`),
    `import assert from "node:assert/strict";`,
    `import { test } from "node:test";`,
    `import { testApp } from "tenon/testing";`,
    "",
    `const config = new URL(${json(terms.config)}, import.meta.url);`,
    "",
    `test(${json(questionText(question))}, async () => {`,
    `  await using app = await testApp({ config, startsAt: ${time(startMs)} });`,
    ...lines,
    ...asked(question, story),
    ...compared(answer),
    `});`,
  ].join("\n")}\n`;
}

function told(happening: Happening): string {
  const tenant = json(happening.tenant);
  switch (happening.does) {
    case "send":
      return `await app.${happening.imported ? "import" : "send"}(${tenant}, ${json(happening.event)}, ${json(happening.rows)});`;
    case "put":
      return `await app.put(${tenant}, ${json(happening.table)}, ${json(happening.rows)});`;
    case "retract":
      return `await app.retract(${tenant}, ${json(happening.event)}, ${json(happening.ids)});`;
    case "mark":
      return `const position${happening.mark} = app.position();`;
    case "restart":
      return `await app.restart();`;
  }
}

function asked(question: Question, story: readonly Happening[]): string[] {
  if (question.of === "example") {
    const { model, tenant, id, input } = question;
    return [
      `  const examples = await app.trainingSet(${json(model)});`,
      `  const example = examples.find(({ tenant, id }) => tenant === ${json(tenant)} && id === ${json(id)});`,
      input === undefined
        ? `  const found = example !== undefined;`
        : `  const found = example?.inputs[${json(input)}] ?? null;`,
    ];
  }
  const { mark, atMs, ...read } = question.read;
  const hasMark = story.some((happening) => happening.does === "mark" && happening.mark === mark);
  const terms = [
    ...Object.entries(read).map(([name, value]) => `${name}: ${json(value)}`),
    `at: ${time(atMs)}`,
    ...(hasMark ? [`position: position${mark}`] : []),
  ];
  return [
    `  const values = await app.features({ ${terms.join(", ")} });`,
    `  const found = values[${json(question.column)}] ?? null;`,
  ];
}

/** To the exactness that the aggregate declares. */
function compared({ expected: { value, tolerance } }: Answer): string[] {
  if (tolerance === 0 || typeof value !== "number") return [`  assert.deepEqual(found, ${json(value)});`];
  return [`  assert.ok(Math.abs(Number(found) - ${json(value)}) <= ${tolerance}, \`found \${found}\`);`];
}
