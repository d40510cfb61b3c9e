import { createHash } from "node:crypto";

/** Under which the store knows what was asked of a cluster: ids are a person's to choose, and a cluster's own. */
export const hashOf = (identity: string, asked: string): string =>
	createHash("sha256")
		.update(JSON.stringify([identity, asked]))
		.digest("hex");
