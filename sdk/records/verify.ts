/** What checks records and disclosures and finds one's own: runs in a browser, and needs no key store. */
export * from "./acts.js";
export * from "./attachment.js";
export * from "./canonical.js";
export * from "./commitments.js";
export * from "./desk.js";
export * from "./disclosure.js";
export * from "./fields.js";
export * from "./header.js";
export * from "./json.js";
export * from "./opening.js";
export * from "./presentation.js";
export * from "./record.js";
export * from "./sequence.js";
export * from "./stealth.js";
