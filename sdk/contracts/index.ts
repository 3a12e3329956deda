/** Typed bindings of every contract of the suite; each factory carries its ABI as `Name__factory.abi`. */
export * from "../../typechain-types/index.js";
