import { toHex, type Hex } from "../../common/bytes.js";
import { finding, type Finding } from "./finding.js";
import type { LogFacts } from "./log-facts.js";
import type { Relation, Statement } from "./statements.js";

/** A statement that contradicts the chain, with the evidence that the registry takes. */
export function contradiction(
  statement: Statement,
  relation: Extract<Relation, { kind: "contradiction" }>,
  facts: LogFacts,
): Finding {
  const { logId, keyEpoch: present } = facts;
  const { source, as, size, root, key, note } = statement;
  const evidence = {
    size,
    signedRoot: toHex(root),
    trueRoot: toHex(relation.trueRoot),
    proof: relation.proof.map((hash) => toHex(hash)),
    ...(relation.by === undefined ? {} : { provenBy: relation.by }),
    ...(key === undefined ? {} : { keyEpoch: key.keyEpoch, signature: key.signature }),
    ...(note === undefined ? {} : { note }),
  };
  const subject = { log: logId, source };
  if (key === undefined) return hearsay(statement, facts, evidence);
  const said = `a checkpoint of log ${logId} at ${size}, ${as} by ${source}, contradicts the head on chain`;
  const values = [logId, key.keyEpoch, size, toHex(root), key.signature, toHex(relation.trueRoot), evidence.proof];
  const label = `prove the split view of log ${logId} at ${size}`;
  const wanted = { kind: "proveSplitView", contract: "LogRegistry", values, label } as const;
  const id = [logId, size, toHex(root)] as const;
  if (facts.status === "frozen") {
    return finding("split-view", "alarm", id, `${said}; the log is frozen already`, { subject, evidence });
  }
  if (key.keyEpoch < present) {
    const sentence = `${said}; its key (epoch ${key.keyEpoch}) is retired, so take the evidence to the policy's arbiter`;
    return finding("split-view", "alarm", id, sentence, { subject, evidence });
  }
  if (size === 0n) {
    return finding("split-view", "alarm", id, `${said}, which the registry cannot judge at size 0`, {
      subject,
      evidence,
    });
  }
  return finding("split-view", "alarm", id, `${said}: its key signed two histories`, { subject, evidence, wanted });
}

/** A contradiction without a signature of the log's key: nothing that the registry would take. */
function hearsay({ source, as, size, root }: Statement, facts: LogFacts, evidence: Finding["evidence"]): Finding {
  const { logId } = facts;
  const more = { subject: { log: logId, source }, ...(evidence === undefined ? {} : { evidence }) };
  const id = [logId, source, size, toHex(root)];
  if (as === "served") {
    const sentence = `${source} serves a checkpoint of log ${logId} at ${size} that contradicts the chain, signed by no registered key: the source lies or is another's`;
    return finding("checkpoint", "warning", id, sentence, more);
  }
  const what = as === "witnessed" ? "remembers another head" : "holds other entries";
  const sentence = `${source} ${what} of log ${logId} at ${size} than the chain; ask it for the note that the log's key signed`;
  return finding("split-view", "alarm", id, sentence, more);
}

/** Two signed heads ahead of the chain that no one history can have. */
export function twoHistories(older: Statement, newer: Statement, logId: Hex): Finding {
  const sentence =
    `the key of log ${logId} signed two histories: at ${older.size} (${older.source}) and at ${newer.size} ` +
    `(${newer.source}); the registry can judge once the chain has reached them`;
  const part = ({ source, size, root, key, note }: Statement) => ({ source, size, root: toHex(root), ...key, note });
  return finding(
    "split-view",
    "alarm",
    [logId, older.size, toHex(older.root), newer.size, toHex(newer.root)],
    sentence,
    {
      subject: { log: logId },
      evidence: { older: part(older), newer: part(newer) },
    },
  );
}
