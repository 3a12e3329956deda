/** `stele/audit`: what happens to data, on record, and questions about it. */
export * from "./event.js";
export * from "./line.js";
