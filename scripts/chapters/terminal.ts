import { commands } from "../../sdk/cli/commands/index.js";
import type { World } from "../../sdk/cli/context.js";
import { runProgram } from "../../sdk/cli/run.js";
import { sessionOn } from "../../sdk/cli/session.js";
import { SteleError } from "../../sdk/common/errors.js";
import type { Stage } from "./stage.js";
import type { Narrator } from "./types.js";

/** What a command left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  /** The last line of what it said on standard error, which is the refusal where there was one. */
  readonly said: string;
}

/** The `stele` program at somebody's desk, on the stage's chain, in a folder. */
export interface Terminal {
  /** Runs a command as an account of the development mnemonic, or as nobody. */
  run(account: number | undefined, ...argv: readonly string[]): Promise<Ended>;
  /** Runs a command that has to succeed, shows the line to the reader, and gives what it printed. */
  well(account: number | undefined, ...argv: readonly string[]): Promise<string>;
  /** Like {@link well}, with `--json`, and reads it. */
  json<T>(account: number | undefined, ...argv: readonly string[]): Promise<T>;
  /** Runs a command that has to be refused, and gives the sentence it was refused with. */
  refused(account: number | undefined, ...argv: readonly string[]): Promise<string>;
}

/** A terminal in `folder`. */
export function openTerminal(stage: Stage, folder: string, narrator: Narrator, signal: AbortSignal): Terminal {
  const run: Terminal["run"] = async (account, ...argv) => {
    let [out, err] = ["", ""];
    const world: World = {
      stdout: { write: (text) => void (out += text) },
      stderr: { write: (text) => void (err += text) },
      stdin: (async function* () {})(),
      cwd: folder,
      env: {},
      signal,
      openSession: async (common) => {
        const connection = { ...stage.connection, close: () => undefined };
        return sessionOn(connection, stage.suite.manifest, common, world);
      },
    };
    const who = account === undefined ? [] : ["--account", String(account)];
    const code = await runProgram(commands, [...argv, ...who], world, "stage");
    return { code, out, said: err.trimEnd().split("\n").at(-1) ?? "" };
  };
  const well = async (account: number | undefined, argv: readonly string[]): Promise<string> => {
    narrator.say(`$ stele ${argv.join(" ")}`);
    const { code, out, said } = await run(account, ...argv);
    if (code !== 0) throw new SteleError("unproven", `stele ${argv.join(" ")}: ${said}`);
    return out.trimEnd();
  };
  return {
    run,
    well: (account, ...argv) => well(account, argv),
    json: async (account, ...argv) => JSON.parse(await well(account, [...argv, "--json"])) as never,
    async refused(account, ...argv) {
      narrator.say(`$ stele ${argv.join(" ")}`);
      const { code, said } = await run(account, ...argv);
      if (code === 0) throw new SteleError("unproven", `stele ${argv.join(" ")} was not refused`);
      return said.replace(/^stele: /, "");
    },
  };
}
