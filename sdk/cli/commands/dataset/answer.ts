import type { Submission } from "../../../chain/governance/call.js";
import { SteleError, sentenceOf } from "../../../common/errors.js";
import type { ChallengeView } from "../../../audit/datasets/challenged.js";
import type { DatasetStore } from "../../../audit/datasets/store.js";
import { defineCommand } from "../../command.js";
import type { Context } from "../../context.js";
import { duration, text, value } from "../../fields.js";
import { logSource } from "../../governed.js";
import type { Session } from "../../session.js";

/** What became of one challenge. */
interface Answered {
  readonly challengeId: bigint;
  readonly datasetId: string;
  readonly chunk: bigint;
  readonly submitted?: Submission;
  /** Why it could not be answered. */
  readonly why?: string;
}

export const datasetAnswer = defineCommand({
  name: "dataset answer",
  summary: "Answer the open challenges of one's member from its store",
  description:
    "Finds the challenges of the sending account's member whose chunk is drawn and whose time runs, takes chunk and " +
    "proof out of the stored files, verifies them and sends them. With --watch it goes on and looks again. Where a " +
    "dataset is lost or damaged it says so, answers the others, and fails at the end.\n\n" +
    "Example: stele dataset answer --store datasets --watch 10m --account 6",
  reach: "writes",
  fields: {
    store: value(text, "FOLDER", "folder of the store"),
    watch: value(
      duration.refine((seconds) => seconds > 0, "must be longer").optional(),
      "TIME",
      "look again every 30s, 15m, 1h",
    ),
  },
  async run(input, context) {
    const { DatasetStore } = await import("../../../audit/datasets/store.js");
    const { pause } = await import("../../../chain/transport.js");
    const session = await context.session();
    const store = await DatasetStore.openExisting(context.path(input.store));
    const round = await rounds(store, session, context);
    for (;;) {
      const ends = await round();
      if (input.watch === undefined) {
        context.print(ends, () => (ends.length === 0 ? "No challenge is open." : ends.map(line).join("\n")));
        return requireAll(ends);
      }
      for (const end of ends) context.print(end, () => line(end));
      await pause(input.watch * 1000, context.signal);
    }
  },
});

/** One look after another; each reads only the blocks that are new, and what was open before. */
async function rounds(store: DatasetStore, session: Session, context: Context): Promise<() => Promise<Answered[]>> {
  const { challengesOf, readChallengeOf } = await import("../../../audit/datasets/challenged.js");
  const { suite } = session;
  const member = await ownMember(session);
  const source = logSource(session, context);
  const open = new Set<bigint>();
  let fromBlock = source.fromBlock;
  return async () => {
    const head = await source.provider.getBlockNumber();
    for await (const id of challengesOf(suite, { ...source, fromBlock }, member)) open.add(id);
    fromBlock = head + 1;
    const ends: Answered[] = [];
    for (const id of open) {
      const view = await readChallengeOf(suite, id);
      if (["answered", "missed", "lapsed", "overdue"].includes(view.reading)) open.delete(id);
      if (view.reading === "running") ends.push(await answer(view, store, session));
    }
    return ends;
  };
}

async function answer(view: ChallengeView, store: DatasetStore, session: Session): Promise<Answered> {
  const { answerFrom } = await import("../../../audit/datasets/answer.js");
  const { answerCall } = await import("../../../audit/datasets/calls.js");
  const { challengeId, datasetId, chunk } = view;
  try {
    const { root, size } = await session.suite.contract("Datasets").datasetOf(datasetId);
    const registered = { root: root as `0x${string}`, size };
    const shown = await answerFrom(await store.get(registered.root), registered, chunk);
    const submitted = await session.submit(answerCall(session.suite, challengeId, shown), `answer ${challengeId}`);
    return { challengeId, datasetId, chunk, submitted };
  } catch (error) {
    if (!(error instanceof SteleError) || error.code === "network") throw error;
    return { challengeId, datasetId, chunk, why: sentenceOf(error) };
  }
}

/** The member that the account belongs to, suspended or not: answering is a duty. */
async function ownMember(session: Session): Promise<bigint> {
  const account = await (await session.signer()).getAddress();
  const { member } = await session.suite.contract("Members").accountInfo(account);
  if (member === 0n) throw new SteleError("refused", `account ${account} belongs to no member`);
  return member;
}

function line({ challengeId, chunk, submitted, why }: Answered): string {
  if (why !== undefined) return `Challenge ${challengeId} (chunk ${chunk}) cannot be answered: ${why}`;
  const how =
    submitted?.kind === "sent" ? "answered" : submitted?.kind === "proposed" ? "proposed" : "would be answered";
  return `Challenge ${challengeId} (chunk ${chunk}) ${how}.`;
}

function requireAll(ends: readonly Answered[]): void {
  const failed = ends.filter(({ why }) => why !== undefined);
  if (failed.length === 0) return;
  const ids = failed.map(({ challengeId }) => challengeId).join(", ");
  throw new SteleError("refused", `of ${ends.length} challenges ${failed.length} could not be answered: ${ids}`);
}
