/** `stele/rewards`: honours that carry no money, and assessments that the person opens. */
export * from "./campaign/leaf.js";
export * from "./standing.js";
