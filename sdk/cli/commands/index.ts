import type { Command } from "../command.js";

/** Every command of the suite, in the order in which help lists them. */
export const commands: readonly Command[] = [];
