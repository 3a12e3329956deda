/** `npm run samples`: writes every sample again. */
import { fileURLToPath } from "node:url";

import { writeAuditSample } from "./audit.js";
import { writeAwardsSample } from "./awards.js";
import { writeFeedbackSample } from "./feedback.js";
import { writeIsoSample } from "./iso21378.js";
import { writePeopleSample } from "./people.js";

const folder = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
writeAuditSample(folder("audit"));
writeIsoSample(folder("audit-iso21378"));
writePeopleSample(folder("people"));
writeFeedbackSample(folder("people"));
writeAwardsSample(folder("people"));
