import { isCancellation, sleep } from "@temporalio/workflow";
import type { WatchedOperation } from "../activities/operation-watch.ts";
import { asSummary } from "../temporal/markdown.ts";
import { watching } from "./activities.ts";

/** An operation that takes longer is looked at from outside of its history. */
const LOOKED_AT_AFTER = "5 s";

/** What could not be looked at is looked at again. */
const AGAIN_AFTER = "10 s";

const look = async (
	identity: string,
	runId: string,
	quietAt: string,
): Promise<WatchedOperation | undefined> => {
	try {
		return await watching.watchOperation.executeWithOptions(
			{ summary: asSummary(`look at ${runId} from outside`) },
			[{ identity, runId, ...(quietAt === "" ? {} : { quietAt }) }],
		);
	} catch (error) {
		if (isCancellation(error)) throw error;
		await sleep(AGAIN_AFTER);
		return undefined;
	}
};

/**
 * An operation whose workflow cannot go on (its code does not fit its history any more), or that waits for what does not come, would
 * hold the cluster and hide what is found meanwhile: it is looked at until it is over.
 */
export const watchOver = async (
	identity: string,
	runId: string,
	tell: {
		/** It has come no further for long; empty when it has since. */
		readonly quiet: (says: string) => void;
		/** It will never end by itself. */
		readonly stuck: (says: string) => Promise<unknown>;
	},
): Promise<void> => {
	await sleep(LOOKED_AT_AFTER);
	let quietAt = "";
	for (;;) {
		const seen = await look(identity, runId, quietAt);
		if (seen?.is === "over") return;
		if (seen?.is === "stuck") return void (await tell.stuck(seen.says));
		if (seen === undefined) continue;
		quietAt = seen.is === "quiet" ? seen.mark : "";
		tell.quiet(seen.is === "quiet" ? seen.says : "");
	}
};
