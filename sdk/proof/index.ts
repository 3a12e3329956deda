export * from "./bundle.js";
export * from "./checkpoint.js";
export * from "./ed25519.js";
export * from "./eip712.js";
export * from "./merkle.js";
export * from "./note.js";
