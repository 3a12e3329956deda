import { deployScript } from "../rocketh/deploy.js";

/** AccessManager, Directory, Members, OpenClock, Subjects. */
export default deployScript(async ({ suite }) => (await suite()).deployModule("authority"), { tags: ["authority"] });
