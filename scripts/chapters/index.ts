import type { Chapter } from "./types.js";

/** A chapter before it is loaded: chapters bring Hardhat with them, so only those that are wanted are. */
interface Listed {
  /** One line for `--help`. */
  readonly summary: string;
  load(): Promise<Chapter>;
}

/** Every chapter of the main job, in its order. */
export const chapters: Readonly<Record<string, Listed>> = {
  foundation: {
    summary: "record a folder, anchor it, verify it from outside, find tampering",
    load: async () => (await import("./foundation/index.js")).foundation,
  },
  audit: {
    summary: "collect two agencies' books, challenge, monitor, freeze a forked log, erase, ask with proofs",
    load: async () => (await import("./audit/index.js")).audit,
  },
  rewards: {
    summary: "enrol a department's people, record and assess, award, dispute, recover an account, export a badge",
    load: async () => (await import("./rewards/index.js")).rewards,
  },
};
