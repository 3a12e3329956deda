import { SteleError } from "../../../sdk/common/errors.js";
import type { Department } from "./department.js";

/** The award leaves the chain as an Open Badge, is checked offline by its standard, and is revoked. */
export async function exported(department: Department): Promise<void> {
  const { desk, narrator, outcomes, account, stage } = department;
  const officer = account("personnel");
  narrator.step("An Open Badge that anybody checks offline");
  await desk.well(officer, "award", "issuer", "keys/awards");
  const making = ["award", "export", "award.json", "--issuer", "keys/awards", "--out", "badge.json"];
  await desk.well(undefined, ...making, "--status-list", "list.json");
  const trust = ["--statement", "keys/awards/statement.json", "--trust", stage.wallet("personnel").address];
  const verify = ["award", "verify", "badge.json", "--offline", ...trust, "--status-list"];
  narrator.show(await desk.well(undefined, ...verify, "list.json"));
  outcomes.push(["an award as an Open Badge 3.0", "verified without the chain"]);
  await desk.well(officer, "award", "revoke", "--campaign", "award.json", "--reason", "granted-in-error");
  const none = await desk.refused(undefined, ...making);
  narrator.say(`After its revocation nobody gets another badge: ${none}`);
  const lists = ["award", "status-list", "keys/awards", "--out", "status"];
  const { files } = await desk.json<{ files: readonly string[] }>(undefined, ...lists);
  const said = await desk.refused(undefined, ...verify, `status/${files.find((name) => name.endsWith(".json"))}`);
  narrator.say(`The old badge, with the new status list: ${said}`);
  const shown = await desk.run(undefined, "award", "show", "award.json", "--json");
  if (shown.code !== 3) throw new SteleError("unproven", "a revoked award still counts");
  await desk.well(officer, "award", "reinstate", "--campaign", "award.json", "--reason", "appeal-upheld");
  outcomes.push(["the same badge after its award was revoked", "refused by the status list, and by the chain"]);
}
