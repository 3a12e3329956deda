import process from "node:process";

// Node calls its SQLite experimental at every start. The suite pins the version it was tested with, so users are spared
// that line; every other warning is printed as before. Import this first.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name === "ExperimentalWarning" && warning.message.includes("SQLite")) return;
  process.stderr.write(`${warning.name}: ${warning.message}\n`);
});
