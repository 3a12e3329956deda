import type { Submission } from "../../../chain/governance/call.js";
import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { ChallengeView } from "../../../audit/datasets/challenged.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { bytes32, count, flag, value } from "../../fields.js";
import type { Session } from "../../session.js";
import { memberNumber } from "../member/fields.js";
import { holderField, registrationOf, rootOrId } from "./fields.js";

export const datasetChallenge = defineCommand({
  name: "dataset challenge",
  summary: "Challenge who keeps a dataset to produce a chunk of it in time",
  description:
    "Opens the challenge as an auditor of the engagement, waits for the block that draws the chunk, and draws. An answer " +
    "shows that the member could produce the chunk in time, no more. With --watch it waits for the answer, and marks " +
    "the miss where none comes. --challenge goes on with one that was opened before.\n\n" +
    "Example: stele dataset challenge 0xROOT --engagement 0xID --account 15",
  reach: "writes",
  fields: {
    dataset: rootOrId,
    engagement: value(bytes32.optional(), "ID", "engagement in which the sending account audits the holder"),
    member: value(memberNumber.optional(), "MEMBER", "a mirror to challenge (default: the holder)"),
    holder: holderField,
    challenge: value(count.optional(), "N", "a challenge of this dataset to go on with, instead of a new one"),
    watch: flag("wait for the answer, and mark a miss"),
  },
  async run(input, context) {
    const session = await context.session();
    const registration = await registrationOf(input.dataset, input.holder, session, context);
    let id = input.challenge;
    if (id === undefined) {
      if (input.engagement === undefined) throw new SteleError("usage", "--engagement is missing: under which one?");
      const respondent = input.member === undefined ? registration.holder : BigInt(input.member);
      const opened = await open(registration.datasetId, respondent, input.engagement, session);
      if (opened.kind !== "sent") {
        return context.print({ ...registration, respondent, submitted: opened }, () => session.describe(opened, ""));
      }
      const { challengeIn } = await import("../../../audit/datasets/challenged.js");
      id = await challengeIn(session.suite, opened.hash);
    }
    const view = await bring(id, registration.datasetId, input.watch, session, context);
    context.print({ ...view, root: registration.root }, () => sentence(view));
  },
});

async function open(datasetId: Hex, respondent: bigint, engagement: Hex, session: Session): Promise<Submission> {
  const { challengeCall } = await import("../../../audit/datasets/calls.js");
  return session.submit(challengeCall(session.suite, datasetId, respondent, engagement));
}

/** Does what is due until the chunk is drawn or, watching, until the challenge has ended. */
async function bring(
  id: bigint,
  datasetId: Hex,
  watch: boolean,
  session: Session,
  context: Context,
): Promise<ChallengeView> {
  const { readChallengeOf, waitForBlock } = await import("../../../audit/datasets/challenged.js");
  const { drawCall, markMissedCall } = await import("../../../audit/datasets/calls.js");
  const { pause } = await import("../../../chain/transport.js");
  const { suite, connection } = session;
  const pollingInterval = connection.profile.pollingInterval;
  const wait = { pollingInterval, signal: context.signal, nudge: () => nudge(session) };
  for (;;) {
    context.signal.throwIfAborted();
    const view = await readChallengeOf(suite, id);
    if (view.datasetId !== datasetId) throw new SteleError("usage", `challenge ${id} is of dataset ${view.datasetId}`);
    if (view.reading === "waiting") {
      if (unsent(context)) return view;
      await waitForBlock(connection.provider, view.drawBlock, wait);
    } else if (view.reading === "drawable" || view.reading === "unarmed") {
      // Anyone may draw, so somebody else may have been faster: the next look shows it.
      const outcome = await attempt(drawCall(suite, id), session);
      if (outcome === "unsent" || (outcome === "early" && unsent(context))) return view;
      if (outcome === "early") await waitForBlock(connection.provider, view.drawBlock + 1n, wait);
    } else if (view.reading === "overdue") {
      if ((await attempt(markMissedCall(suite, id), session)) === "unsent") return view;
    } else if (view.reading === "running" && watch && !unsent(context)) {
      await pause(pollingInterval * 1000, context.signal);
    } else {
      return view;
    }
  }
}

/**
 * `done`, also where somebody else was faster; `early` where the node, as geth does, estimates the gas of a draw as if it
 * stood in the latest block and not in the next.
 */
async function attempt(call: Parameters<Session["submit"]>[0], session: Session): Promise<"done" | "early" | "unsent"> {
  const { isRevert } = await import("../../../chain/revert.js");
  try {
    return (await session.submit(call)).kind === "sent" ? "done" : "unsent";
  } catch (error) {
    if (isRevert(error, "DatasetsChallengeState")) return "done";
    if (isRevert(error, "DatasetsTooEarly")) return "early";
    throw error;
  }
}

function unsent({ common }: Context): boolean {
  return common.dryRun === true || common.propose !== undefined;
}

/** An empty transaction, for chains that make a block only where there is something for it. */
async function nudge(session: Session): Promise<void> {
  const to = (await (await session.signer()).getAddress()) as Hex;
  await (await session.sender()).send({ to, data: "0x", label: "ask for a block" });
}

function sentence({ challengeId, respondent, reading, chunk, left, drawBlock }: ChallengeView): string {
  const who = `Challenge ${challengeId} of member ${respondent}`;
  if (reading === "running") return `${who} is drawn: chunk ${chunk}, ${left} s to answer.`;
  if (reading === "answered") return `${who} was answered with chunk ${chunk}.`;
  if (reading === "missed") return `${who} was missed: chunk ${chunk} did not come in time.`;
  if (reading === "lapsed") return `${who} was not drawn within a day and has lapsed.`;
  return `${who} is ${reading}, its chunk is drawn from block ${drawBlock}.`;
}
