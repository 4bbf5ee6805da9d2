import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const repository = path.resolve(import.meta.dirname, "../../..");
const filesMin = 20;
const linesMax = 300;

interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** Every TypeScript file of the packages and the console; a part that does not exist yet has none. */
function sourceFiles(): readonly SourceFile[] {
  const packages = path.join(repository, "packages");
  const folders = [
    ...readdirSync(packages).map((name) => path.join(packages, name, "src")),
    path.join(repository, "console/src"),
  ];
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
    )
    .filter((file) => /\.(ts|tsx)$/.test(file) && !file.includes(`${path.sep}node_modules${path.sep}`))
    .map((file) => ({
      name: path.relative(repository, file),
      text: readFileSync(file, "utf8"),
      isTest: /\.test\.tsx?$/.test(file),
    }));
}

const files = sourceFiles();

/** The files, with line, for which the rule says something. */
function findings(rule: (line: string, file: SourceFile) => boolean, among = files): string[] {
  return among.flatMap((file) =>
    file.text
      .split("\n")
      .flatMap((line, index) => (rule(line, file) ? [`${file.name}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const stemOf = ({ name }: SourceFile): string => path.basename(name).replace(/\.(d\.ts|test\.tsx?|tsx?)$/, "");

test("the rules below have files to judge", () => {
  assert.ok(files.length >= filesMin, `saw ${files.length} files, expected at least ${filesMin}`);
});

test("a file is named for the thing that it holds", () => {
  const empty = new Set(["util", "utils", "helper", "helpers", "common", "misc", "manager"]);
  const bad = files.filter((file) =>
    stemOf(file)
      .split("-")
      .some((word) => empty.has(word)),
  );
  assert.deepEqual(
    bad.map(({ name }) => name),
    [],
  );
});

test("file and folder names are kebab-case", () => {
  const isKebab = (word: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(word);
  const bad = files.filter((file) => !isKebab(stemOf(file)) || !path.dirname(file.name).split(path.sep).every(isKebab));
  assert.deepEqual(
    bad.map(({ name }) => name),
    [],
  );
});

test(`no file but a test is longer than ${linesMax} lines`, () => {
  const long = files.filter(({ isTest, text }) => !isTest && text.trimEnd().split("\n").length > linesMax);
  assert.deepEqual(
    long.map(({ name, text }) => `${name}: ${text.split("\n").length} lines`),
    [],
  );
});

test("types are not talked round", () => {
  const marks = /:\s*any\b|\bas any\b|<any>|\bas unknown as\b/;
  const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line);
  assert.deepEqual(
    findings((line) => /@ts-(ignore|nocheck)/.test(line) || (!isComment(line) && marks.test(line))),
    [],
  );
});

test("nothing is left for later in a comment", () => {
  // Split, so that this file may be judged as well.
  const marks = new RegExp(`\\b(${["TO", "FIX"].map((start, i) => start + ["DO", "ME"][i]).join("|")})\\b`);
  assert.deepEqual(
    findings((line) => marks.test(line)),
    [],
  );
});

test("a relative import names its file with the extension", () => {
  const relative = /(?:\bfrom|\bimport|\bimport\()\s*["'](\.{1,2}\/[^"']*)["']/;
  assert.deepEqual(
    findings((line) => {
      const target = relative.exec(line)?.[1];
      return target !== undefined && path.extname(target.replace(/\?.*$/, "")) === "";
    }),
    [],
  );
});
