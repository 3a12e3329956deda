import type { Command } from "../command.js";
import { logAppend } from "./log/append.js";
import { logOpen } from "./log/open.js";
import { logProve } from "./log/prove.js";
import { logServe } from "./log/serve.js";
import { logStatus } from "./log/status.js";
import { recordAnswer } from "./record/answer.js";
import { recordComplain } from "./record/complain.js";
import { recordDispute } from "./record/dispute.js";
import { recordShow } from "./record/show.js";

/** Every command of the suite, in the order in which help lists them. */
export const commands: readonly Command[] = [
  logOpen,
  logAppend,
  logProve,
  logServe,
  logStatus,
  recordShow,
  recordDispute,
  recordAnswer,
  recordComplain,
];
