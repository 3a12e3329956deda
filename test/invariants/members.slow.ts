import { walkMembers } from "../support/membersWalk.js";

describe("Members, invariants over long walks", () => {
  it("A1, A3, A4, A5, A6: every answer and every refusal is the model's after hundreds of long walks", () =>
    walkMembers(400, 60)).timeout(1_200_000);
});
