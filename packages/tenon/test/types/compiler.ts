import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const here = import.meta.dirname;
const indexFile = path.resolve(here, "../../src/index.ts");
const exampleFile = path.resolve(here, "../../../../examples/acme/tenon.config.ts");
export const exampleSource = (): string => readFileSync(exampleFile, "utf8");

/** The strictness that a user's project may have at most. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
  paths: { tenon: [indexFile] },
};

/** Files of the compiler and of the product, parsed once for all programs, as an editor does. */
const parsed = new Map<string, ts.SourceFile | undefined>();

export interface TypeCheck {
  /** The compiler's sentences by the name of the source that they are about. */
  readonly sentences: ReadonlyMap<string, readonly string[]>;
  readonly instantiations: number;
}

/** Type-checks sources that import "tenon", all in one program, without writing a file. */
export function typeCheck(sources: ReadonlyMap<string, string>): TypeCheck {
  const fileOf = (name: string): string => path.join(here, `${name}.virtual.ts`);
  const texts = new Map([...sources].map(([name, text]) => [fileOf(name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = texts.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, languageVersion);
    if (!parsed.has(file)) parsed.set(file, getSourceFile(file, languageVersion, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const sentences = new Map<string, readonly string[]>();
  for (const name of sources.keys()) {
    const source = program.getSourceFile(fileOf(name));
    if (source === undefined) throw new Error(`the program has no source ${name}`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    sentences.set(
      name,
      found.map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")),
    );
  }
  return { sentences, instantiations: program.getInstantiationCount() };
}
