import { resolve } from "node:path";

import type { CommonInput } from "./command.js";
import { toJson, type Sink } from "./output.js";
import { startProgress, type Progress } from "./progress.js";
import type { Session } from "./session.js";

/** The world as a command sees it. Tests give it their own streams and folder. */
export interface World {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Opens the session with a network; each front has its own way. */
  openSession(common: CommonInput, world: World): Promise<Session>;
}

/** What a command works with besides its input. */
export interface Context extends World {
  readonly common: CommonInput;
  /** The result, once: JSON with `--json`, else the text. */
  print(value: unknown, text: () => string): void;
  /** A remark for people, on standard error; silent with `--json`. */
  note(text: string): void;
  /** A progress bar on standard error; silent with `--json`. */
  progress(label: string, total?: number | bigint): Progress;
  /** A path of the user's, resolved against the folder the command runs in. */
  path(path: string): string;
  /** Says with the exit code that the command, which did its work, found what needs attention. */
  conclude(found: "findings"): void;
  /** The session with the network, opened at the first call and closed after the command. */
  session(): Promise<Session>;
}

const silent: Sink = { write: () => undefined };

/** With one line end; a text that is a file has its own, and one that says nothing needs none. */
const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** Runs `body` with a context and closes what it opened. */
export async function withContext<T>(
  world: World & Pick<Context, "conclude">,
  common: CommonInput,
  body: (context: Context) => Promise<T>,
): Promise<T> {
  let session: Promise<Session> | undefined;
  const asides = common.json ? silent : world.stderr;
  const context: Context = {
    ...world,
    common,
    print: (value, text) => void world.stdout.write(ended(common.json ? toJson(value) : text())),
    note: (text) => void asides.write(`${text}\n`),
    progress: (label, total) => startProgress(asides, label, total),
    path: (path) => resolve(world.cwd, path),
    session: () => (session ??= world.openSession(common, world)),
  };
  try {
    return await body(context);
  } finally {
    await (await session?.catch(() => undefined))?.close();
  }
}
