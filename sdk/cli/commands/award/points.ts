import { z } from "zod";

import { categories } from "../../../rewards/standing.js";
import { defineCommand } from "../../command.js";
import { duration, positional, value } from "../../fields.js";
import { submitOwn } from "../../governed.js";

const named = categories.filter((category) => category !== "none");

export const awardPointsOpen = defineCommand({
  name: "award points open",
  summary: "Open your member's points of a category, once, before the first are given",
  description:
    "Points lose weight with age: after one half-life a point weighs half. The half-life is never changed, and each " +
    "member has its own for each category. `award import` then gives a type's points along.\n\n" +
    "Example: stele award points open training --half-life 365d --key awarder.key",
  reach: "writes",
  fields: {
    category: positional(
      z.enum(named, { error: `is none of ${named.join(", ")}` }),
      "CATEGORY",
      `of the award types: ${named.join(", ")}`,
    ),
    halfLife: value(
      duration.refine((seconds) => seconds >= 86_400 && seconds < 2 ** 32, "is not one day to 49710 days"),
      "TIME",
      "after which a point weighs half, for instance 365d; at least 1d",
    ),
  },
  async run({ category, halfLife }, context) {
    await submitOwn(context, {
      contract: "MeritPoints",
      method: "openScale",
      values: [categories.indexOf(category), halfLife],
      label: `open points of ${category}`,
    });
  },
});
