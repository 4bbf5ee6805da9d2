import type { EvaluationReport, GateResult } from "./evaluation-report.ts";
import type { TrainingProfile } from "./training-profile.ts";

/** What the registry keeps of a version. */
export interface VersionRecord {
  readonly model: string;
  readonly version: number;
  readonly createdAtMs: number;
  readonly owner: string | null;
  /** SHA-256 of the artifact: its address in the artifact store. */
  readonly digest: string;
  readonly build: string;
  /** SHA-256 of the snapshot that it learnt from. */
  readonly snapshot: string;
  readonly configFingerprint: string;
  /** What each input meant; versions of before do not tell. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly trainedRows: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly columns: readonly { readonly name: string; readonly importance: number }[];
  /** How the inputs were spread; versions of before do not tell. */
  readonly profile?: TrainingProfile;
  readonly evaluation: EvaluationReport;
  readonly gates: readonly GateResult[];
}

export const isPromotable = (record: VersionRecord): boolean => record.gates.every((gate) => gate.outcome === "pass");
