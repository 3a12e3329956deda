import { connect } from "../../sdk/chain/connection.js";
import type { Eip1193 } from "../../sdk/chain/deployment/executor.js";
import type { NetworkProfileInput } from "../../sdk/chain/profile.js";
import type { Suite } from "../../sdk/chain/suite.js";
import { commands } from "../../sdk/cli/commands/index.js";
import type { World } from "../../sdk/cli/context.js";
import { runProgram } from "../../sdk/cli/run.js";
import { sessionOn } from "../../sdk/cli/session.js";
import { testProfile } from "./anvil.js";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a command finds around it besides its folder; without a network unless it is given one. */
export interface Surroundings extends Partial<Pick<World, "env" | "signal" | "openSession">> {
  readonly stdin?: string | Uint8Array | undefined;
  /** Told that there is more on standard output. */
  readonly onOutput?: (() => void) | undefined;
}

/** A command's world in a folder, and what was said in it so far. */
export function worldIn(cwd: string, { stdin, onOutput, ...given }: Surroundings = {}) {
  let [out, err] = ["", ""];
  const world: World = {
    stdout: {
      write(text) {
        out += text;
        onOutput?.();
      },
    },
    stderr: { write: (text) => void (err += text) },
    stdin: (async function* () {
      if (stdin !== undefined) yield Buffer.from(stdin as Uint8Array);
    })(),
    cwd,
    env: {},
    signal: new AbortController().signal,
    openSession: () => Promise.reject(new Error("no network in this test")),
    ...given,
  };
  return { world, said: () => ({ out, err }) };
}

/** Runs the program in this process, as its own main does but for the streams. */
export async function steleIn(
  folder: string,
  argv: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ended> {
  const { world, said } = worldIn(folder, surroundings);
  const code = await runProgram(commands, argv, world, "test");
  return { code, ...said() };
}

/** Opens sessions with a suite on a chain inside this process. */
export function sessionsOn(
  provider: Eip1193,
  { manifest }: Suite,
  change: Partial<NetworkProfileInput> = {},
): World["openSession"] {
  const usual = { chainId: manifest.chainId, feeMode: "dynamic" } as const;
  const profile = testProfile(["http://127.0.0.1:1"], { ...usual, ...change });
  return async (common, world) => sessionOn(await connect(profile, { transport: provider }), manifest, common, world);
}
