import type { Setting } from "./setting.js";

/** One bad input: what makes it bad, the command line, and the sentence that refuses it. */
export interface Row {
  readonly name: string;
  /** Files written into the row's folder first. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What else makes the input bad; what it gives back is undone afterwards. */
  readonly prepare?: (folder: string, setting: Setting) => Promise<unknown> | unknown;
  readonly argv: readonly string[] | ((setting: Setting) => readonly string[]);
  /** Runs without a superuser's rights, where the test has them. */
  readonly unprivileged?: boolean;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** The sentence, with file, line and field where there are such. */
  readonly says: string | RegExp;
  /** Exit code: 2 for a wrong command line, else 1. */
  readonly code?: 1 | 2;
}
