import { verifyTypedData, type TypedDataDomain, type TypedDataField, ZeroHash } from "ethers";

import { toHex, utf8, type Hex } from "../common/bytes.js";
import { sha256 } from "../common/sha256.js";
import { parseInstant } from "../common/time.js";
import type { Registry, TypedDataSigner } from "../proof/eip712.js";
import { canonicalText } from "../records/canonical.js";
import { operationOf, type AuditEvent } from "./event.js";

/** The log that an authorization is for; a book's config says it. */
export interface AuthorizedLog extends Registry {
  readonly logId: Hex;
}

/** What of an event the auditor signs: all of it but its place, which the log gives. */
export type Authorizable = Pick<AuditEvent, "id" | "type" | "subject" | "engagement" | "time" | "data">;

/** EIP-712 types of an authorization, for wallets and other languages. */
export const authorizationTypes = {
  DataEvent: [
    { name: "logId", type: "bytes32" },
    { name: "id", type: "bytes16" },
    { name: "operation", type: "string" },
    { name: "subject", type: "string" },
    { name: "engagement", type: "bytes32" },
    { name: "time", type: "uint40" },
    { name: "content", type: "bytes32" },
  ],
} satisfies Record<string, TypedDataField[]>;

/** Whether an event carries its auditor's word. An ERC-1271 account cannot sign here: it needs a key of its own. */
export type Authorized = "authorized" | "absent" | "forged";

/** EIP-712 domain: the chain and registry of the log. */
export function authorizationDomain({ chainId, address }: Registry): TypedDataDomain {
  return { name: "Stele Audit", version: "1", chainId, verifyingContract: address };
}

/** Signs an event as its auditor, so that the log's owner cannot put words into the auditor's mouth. */
export async function authorize(signer: TypedDataSigner, log: AuthorizedLog, event: Authorizable): Promise<Hex> {
  return (await signer.signTypedData(authorizationDomain(log), authorizationTypes, messageOf(log, event))) as Hex;
}

/**
 * Holds an event's authorization against its auditor: `forged` where the signature is another account's, or for another
 * log or content.
 */
export function checkAuthorization(log: AuthorizedLog, event: Authorizable & Pick<AuditEvent, "auditor">): Authorized {
  const { authorization } = event.data;
  if (authorization === undefined) return "absent";
  try {
    const message = messageOf(log, event);
    const signer = verifyTypedData(authorizationDomain(log), authorizationTypes, message, authorization);
    return signer.toLowerCase() === event.auditor ? "authorized" : "forged";
  } catch {
    return "forged";
  }
}

function messageOf({ logId }: AuthorizedLog, event: Authorizable) {
  return {
    logId,
    id: `0x${event.id}`,
    operation: operationOf(event),
    subject: event.subject ?? "",
    engagement: event.engagement ?? ZeroHash,
    time: parseInstant(event.time),
    content: contentOf(event.data),
  };
}

/** SHA-256 of the canonical JSON (RFC 8785) of the event's data without the authorization itself. */
function contentOf(data: AuditEvent["data"]): Hex {
  const own = Object.entries(data).filter(([name]) => name !== "authorization");
  return toHex(sha256(utf8(canonicalText(Object.fromEntries(own)))));
}
