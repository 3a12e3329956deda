import type { Suite } from "../../chain/suite.js";
import type { Hex } from "../../common/bytes.js";
import { checkAuthorization, type Authorized } from "../authorization.js";
import type { AuditEvent } from "../event.js";

/** Holds the events of a log against their auditors' signatures. */
export function authorizationOf(suite: Suite, logId: Hex): (event: AuditEvent) => Authorized {
  const log = { chainId: suite.manifest.chainId, address: suite.address("LogRegistry"), logId };
  return (event) => checkAuthorization(log, event);
}
