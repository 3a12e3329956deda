import { openSession } from "../../../sdk/cli/session.js";
import { steleIn as runIn, type Ended, type Surroundings } from "../../support/program.js";

/** Runs the program with the networks that a user has: those that profiles and manifests describe. */
export function steleIn(
  folder: string,
  argv: readonly string[],
  given: Pick<Surroundings, "stdin" | "env"> = {},
): Promise<Ended> {
  return runIn(folder, argv, { ...given, openSession });
}
