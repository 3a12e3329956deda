import { walkMembers } from "../support/membersWalk.js";

describe("Members, invariants", () => {
  it("A1, A3, A4, A5, A6: every answer and every refusal is the model's, whoever acts and in whatever order", () =>
    walkMembers(200, 12)).timeout(120_000);
});
