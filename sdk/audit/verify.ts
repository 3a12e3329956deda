/** `stele/audit/verify`: reading data events and checking their auditors' signatures; runs in a browser. */
export * from "./authorization.js";
export * from "./event.js";
export * from "./line.js";
