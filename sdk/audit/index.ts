/** `stele/audit`: what happens to data, on record, and questions about it. */
export * from "./challenges.js";
export * from "./engagement-state.js";
export * from "./engagements.js";
export * from "./event.js";
export * from "./line.js";
export * from "./possession.js";
export * from "./team.js";
export * from "./datasets/age.js";
export * from "./datasets/dataset.js";
export * from "./datasets/description.js";
export * from "./datasets/encrypt.js";
export * from "./datasets/store.js";
export * from "./datasets/restore.js";
export * from "./datasets/serve.js";
export * from "./datasets/source.js";
