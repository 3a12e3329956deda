import { reasonCode } from "../../codes.js";
import { defineCommand } from "../../command.js";
import { duration, positional, value } from "../../fields.js";
import { submitRestricted } from "../../governed.js";

export const authorityOutageDeclare = defineCommand({
  name: "authority outage declare",
  summary: "Let every deadline stand still from now on (guardian)",
  description:
    "For an outage of the chain or of what people need to reach it. The clock never runs back: an outage noticed late " +
    "is made good by standing still from its declaration on. Outages are budgeted; again while one runs, it is " +
    "extended.\n\n" +
    "Example: stele authority outage declare 6h --reason power-cut --account 2",
  reach: "writes",
  fields: {
    length: positional(duration, "TIME", "how long: 30m, 6h, 2d"),
    reason: value(reasonCode, "CODE", "published reason code"),
  },
  run: ({ length, reason }, context) =>
    submitRestricted(context, {
      contract: "OpenClock",
      method: "declareOutage",
      values: [length, reason],
      label: `declare an outage of ${length} s`,
    }),
});

export const authorityOutageEnd = defineCommand({
  name: "authority outage end",
  summary: "End the running outage now (guardian)",
  description:
    "Deadlines run again; the unused rest returns to the budget.\n\n" +
    "Example: stele authority outage end --key guardian.key",
  reach: "writes",
  fields: {},
  run: (_, context) =>
    submitRestricted(context, { contract: "OpenClock", method: "endOutage", values: [], label: "end the outage" }),
});
