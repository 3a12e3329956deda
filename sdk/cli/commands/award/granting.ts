import type { Hex } from "../../../common/bytes.js";
import { SteleError } from "../../../common/errors.js";
import type { GrantingChain, Stage } from "../../../rewards/granting/work.js";
import type { Context } from "../../context.js";
import { logSource } from "../../governed.js";
import type { Progress } from "../../progress.js";
import type { Session } from "../../session.js";

const labels: Record<Stage, string> = {
  check: "check",
  plan: "plan",
  leaves: "commit to awards",
  grant: "grant",
  points: "give points",
  undo: "undo",
};

/** The chain as an import works with it, with a bar for each stage. */
export async function chainOf(session: Session, context: Context): Promise<GrantingChain> {
  const { suite } = session;
  const proposing = context.common.propose !== undefined;
  let shown: { readonly stage: Stage; readonly bar: Progress } | undefined;
  // What a former process sent decides first.
  if (!proposing && context.common.dryRun !== true) await (await session.sender()).idle({ signal: context.signal });
  return {
    suite,
    source: logSource(session, context),
    submit: (call, key) => session.submit(call, key),
    signer: proposing ? undefined : await signerOf(session),
    rehearsal: !proposing && context.common.dryRun === true,
    signal: context.signal,
    onProgress(stage, done, total) {
      if (shown?.stage !== stage) {
        shown?.bar.finish();
        shown = { stage, bar: context.progress(labels[stage], total) };
      }
      shown.bar.update(done, total);
      if (done === total) {
        shown.bar.finish();
        shown = undefined;
      }
    },
  };
}

async function signerOf(session: Session): Promise<GrantingChain["signer"]> {
  const { signGrant } = await import("../../../rewards/granting/signed.js");
  const signer = await session.signer();
  const address = (await signer.getAddress()) as Hex;
  return { address, signGrant: (grant) => signGrant(session.suite, signer, grant) };
}

/**
 * The member that grants: the sending account's, or in a proposal the publisher of the type.
 * @throws SteleError `refused` where the account may not grant the type
 */
export async function issuerOf(typeId: bigint, session: Session, context: Context): Promise<bigint> {
  const campaigns = session.suite.contract("Campaigns");
  if (context.common.propose !== undefined) {
    const { publisher } = await campaigns.awardTypeOf(typeId);
    if (publisher === 0n) throw new SteleError("missing", `there is no award type ${typeId} on this network`);
    return publisher;
  }
  const account = await (await session.signer()).getAddress();
  const [member] = await campaigns.requireGranter(typeId, account);
  return member;
}
