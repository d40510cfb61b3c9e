// What became of the data, as columns of a run. Pure.

import type { DataCheck } from "./convergence.ts";
import type { Run } from "./runs.ts";

/** Without semi-sync lost writes are a figure; with it they are a failure, and so are servers that differ. */
export const integrity = (data: DataCheck, semiSync: boolean): Run => {
	const troubles = [
		...data.differing,
		...(data.duplicated.length === 0 ? [] : ["rows are there twice"]),
		...(semiSync && data.missingAcknowledged.length > 0
			? [`${data.missingAcknowledged.length} acknowledged writes are missing`]
			: []),
	];
	return {
		lost: data.missingAcknowledged.length,
		...(troubles.length === 0 ? {} : { failed: troubles.join("; ") }),
	};
};
