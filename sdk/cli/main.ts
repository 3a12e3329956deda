#!/usr/bin/env node
import "./quiet.js";

import process from "node:process";

// Only now, as Node warns of SQLite while it links what imports it.
const { exitCode } = await import("./program.js");
process.exitCode = exitCode;
