import { killAndResume } from "./mortal.js";

describe("deployment that is killed anywhere", () => {
  it("D2: killed before or after every broadcast and every write, it completes without an orphan", async function () {
    this.timeout(600_000);
    const tried = await killAndResume(1);
    console.log(`        killed at each of ${tried} moments`);
  });
});
