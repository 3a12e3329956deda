import { toHex, type Hex } from "../../common/bytes.js";
import { callOf, type Call } from "../../chain/governance/call.js";
import type { Suite } from "../../chain/suite.js";
import type { SignedPossession } from "../possession.js";
import type { ChunkAnswer } from "./answer.js";
import type { DatasetDescription } from "./description.js";

/** Registers a dataset of the sender's member. @param mirrors how many mirrors are promised */
export function registerCall(
  suite: Suite,
  { root, size, mediaType }: DatasetDescription,
  mirrors: number,
  possessions: readonly SignedPossession[] = [],
): Call {
  return call(suite, "register", [root, size, mediaType, mirrors, possessions], `register dataset ${root}`);
}

/** Files mirrors' statements. */
export function confirmCall(suite: Suite, datasetId: Hex, possessions: readonly SignedPossession[]): Call {
  return call(suite, "confirm", [datasetId, possessions], `confirm having dataset ${datasetId}`);
}

/** Challenges a member that holds or mirrors a dataset. */
export function challengeCall(suite: Suite, datasetId: Hex, respondent: bigint, engagement: Hex): Call {
  const label = `challenge member ${respondent} for dataset ${datasetId}`;
  return call(suite, "challenge", [datasetId, respondent, engagement], label);
}

/** Draws the chunk of a challenge. */
export function drawCall(suite: Suite, challengeId: bigint): Call {
  return call(suite, "draw", [challengeId], `draw the chunk of challenge ${challengeId}`);
}

/** Answers a challenge. */
export function answerCall(suite: Suite, challengeId: bigint, { chunk, proof }: ChunkAnswer): Call {
  const values = [challengeId, toHex(chunk), proof.map((hash) => toHex(hash))];
  return call(suite, "answer", values, `answer challenge ${challengeId}`);
}

/** Marks a challenge that was not answered in time. */
export function markMissedCall(suite: Suite, challengeId: bigint): Call {
  return call(suite, "markMissed", [challengeId], `mark challenge ${challengeId} missed`);
}

function call(suite: Suite, method: string, values: readonly unknown[], label: string): Call {
  const abi = suite.contract("Datasets").interface;
  return callOf({ contract: "Datasets", address: suite.address("Datasets"), abi }, method, values, label);
}
