/** Reading and checking records about people, and acting on them as the person; runs in a browser. */
export * from "./kinds.js";
export * from "./opening.js";
export * from "./policy.js";
export * from "./acts.js";
export * from "./file.js";
export * from "./keys.js";
