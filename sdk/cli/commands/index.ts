import type { Command } from "../command.js";
import { logAnchor } from "./log/anchor.js";
import { logAppend } from "./log/append.js";
import { logOpen } from "./log/open.js";
import { logProve } from "./log/prove.js";
import { logServe } from "./log/serve.js";
import { logStatus } from "./log/status.js";
import { logWitness } from "./log/witness.js";
import { proofVerify } from "./proof/verify.js";
import { recordAnswer } from "./record/answer.js";
import { recordComplain } from "./record/complain.js";
import { recordDispute } from "./record/dispute.js";
import { recordShow } from "./record/show.js";

/** Every command of the suite, in the order in which help lists them. */
export const commands: readonly Command[] = [
  logOpen,
  logAppend,
  logAnchor,
  logProve,
  logServe,
  logStatus,
  logWitness,
  recordShow,
  recordDispute,
  recordAnswer,
  recordComplain,
  proofVerify,
];
