/**
 * Loaded by mocha in each process of a test run. A worker hands its results on as JSON, which knows no bigint: one
 * failure that held a bigint would take the results of its whole file with it, and nobody would learn its reason.
 */
const send = process.send?.bind(process);

if (send !== undefined) process.send = (/** @type {unknown} */ message) => send(withoutBigints(message));

/** @param {unknown} message */
function withoutBigints(message) {
  return JSON.parse(JSON.stringify(message, (_, value) => (typeof value === "bigint" ? `${value}n` : value)));
}
