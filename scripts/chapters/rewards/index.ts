import { table } from "../../../sdk/cli/output.js";
import { openStage } from "../stage.js";
import type { Chapter } from "../types.js";
import { openDepartment, openUnit, takeIn } from "./department.js";
import { awarded } from "./awards.js";
import { exported } from "./credentials.js";
import { recovered } from "./recovery.js";
import { assessed } from "./feedback.js";
import { recorded } from "./records.js";

/** A department records, assesses and rewards its people, and they hold it to its word. */
export const rewards: Chapter = {
  async run(options, narrator) {
    const stage = await openStage(options.workspace);
    try {
      const department = await openDepartment(stage, options, narrator);
      await takeIn(department);
      await openUnit(department, "first");
      await awarded(department);
      await exported(department);
      await recorded(department);
      await assessed(department);
      await recovered(department);
      narrator.step("What stands now");
      narrator.show(
        table(
          ["what happened", "what came of it"],
          department.outcomes.map((row) => [...row]),
        ),
      );
    } finally {
      await stage.close();
    }
  },
};
