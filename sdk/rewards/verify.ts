/** `stele/rewards/verify`: proofs about awards, checked offline; runs in a browser. */
export * from "./campaign/leaf.js";
export * from "./campaign/proof.js";
export * from "./standing.js";
