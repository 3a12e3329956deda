import type { Progress } from "../../sdk/cli/progress.js";

/** How a chapter talks to the person who started it. */
export interface Narrator {
  /** Begins a step: "3. Anchor". */
  step(title: string): void;
  /** Says one sentence. */
  say(sentence: string): void;
  /** Shows a block, a table say. */
  show(block: string): void;
  progress(label: string, total?: number | bigint): Progress;
}

/** What the person who started the main job asked for. */
export interface ChapterOptions {
  /** Folder to record; the chapter's sample where undefined. */
  readonly data: string | undefined;
  /** The chapter's own folder for logs and keys: there and empty, and removed afterwards unless the user keeps it. */
  readonly workspace: string;
  readonly signal: AbortSignal;
}

/** A part of the main job: one module shown on real input. */
export interface Chapter {
  run(options: ChapterOptions, narrator: Narrator): Promise<void>;
}
