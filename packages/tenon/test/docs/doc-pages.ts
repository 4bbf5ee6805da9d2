import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const repository = path.resolve(import.meta.dirname, "../../../..");

/** A fenced block of a page. */
export interface DocBlock {
  readonly page: string;
  /** Of the line with the fence; the first is 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly lineCount: number;
  /** Whether only blank lines lie between the block before and this one. */
  readonly follows: boolean;
}

const patterns = ["*.md", "docs/**/*.md", "packages/*/README.md"];

/** The pages of the documentation, by their paths in the repository. */
export const docPages = (): readonly string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: repository })).sort();

export const pageText = (page: string): string => readFileSync(path.join(repository, page), "utf8");

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly DocBlock[] {
  const blocks: DocBlock[] = [];
  let open: { line: number; language: string; lines: string[] } | undefined;
  let follows = false;
  for (const [index, textLine] of pageText(page).split("\n").entries()) {
    const fence = /^```(\w*)/.exec(textLine);
    if (fence !== null && open === undefined) open = { line: index + 1, language: fence[1] ?? "", lines: [] };
    else if (fence !== null && open !== undefined) {
      const { line, language, lines } = open;
      blocks.push({ page, line, language, text: lines.join("\n"), lineCount: lines.length, follows });
      open = undefined;
      follows = true;
    } else if (open !== undefined) open.lines.push(textLine);
    else if (textLine.trim() !== "") follows = false;
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block has no end`);
  return blocks;
}

export const allBlocks = (): readonly DocBlock[] => docPages().flatMap((page) => blocksOf(page));

/** The anchors that GitHub makes of a page's headings, and those that are written out. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const text = pageText(page).replace(/^```[\s\S]*?^```/gm, "");
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
  const written = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  return new Set([...headings, ...written]);
}
