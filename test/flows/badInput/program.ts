import { authorityExecute } from "../../../sdk/cli/commands/authority/execute.js";
import { authorityHalt, authorityResume } from "../../../sdk/cli/commands/authority/halt.js";
import { authorityShow } from "../../../sdk/cli/commands/authority/show.js";
import { commands } from "../../../sdk/cli/commands/index.js";
import { memberAccept } from "../../../sdk/cli/commands/member/accept.js";
import { memberDelegate } from "../../../sdk/cli/commands/member/delegate.js";
import { memberEnrol } from "../../../sdk/cli/commands/member/enrol.js";
import { memberShow } from "../../../sdk/cli/commands/member/show.js";
import { memberReinstate, memberSuspend } from "../../../sdk/cli/commands/member/suspend.js";
import type { World } from "../../../sdk/cli/context.js";
import { runProgram } from "../../../sdk/cli/run.js";
import { openSession } from "../../../sdk/cli/session.js";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const administration = [
  authorityShow,
  authorityHalt,
  authorityResume,
  authorityExecute,
  memberShow,
  memberEnrol,
  memberAccept,
  memberDelegate,
  memberSuspend,
  memberReinstate,
];
const all = [...new Set([...commands, ...administration])];

/** Runs the program in this process, as its own main does but for the streams. */
export async function steleIn(
  folder: string,
  argv: readonly string[],
  { stdin, env = {} }: { stdin?: string | Uint8Array; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  let [out, err] = ["", ""];
  const world: World = {
    stdout: { write: (text) => void (out += text) },
    stderr: { write: (text) => void (err += text) },
    stdin: (async function* () {
      if (stdin !== undefined) yield Buffer.from(stdin as Uint8Array);
    })(),
    cwd: folder,
    env,
    signal: new AbortController().signal,
    openSession,
  };
  const code = await runProgram(all, argv, world, "test");
  return { code, out, err };
}
