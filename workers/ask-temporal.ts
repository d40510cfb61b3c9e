import { createEnvironment } from "../src/config/environment.ts";
import type { Configuration } from "../src/config/keys.ts";
import type { TemporalState } from "../src/planning/operation.ts";
import { troubleAt } from "../temporal/answer.ts";
import { embeddedDirectory, lastEmbedded } from "../temporal/embedded.ts";
import { siteTemporal, targetAt } from "../temporal/target.ts";

/** One that takes longer for the shortest of questions does not start an operation in time either. Milliseconds. */
const ANSWER_WITHIN_MS = 1_000;

/** Whether the Temporal that nodes of this configuration work with answers now; undefined where none is known on this machine. */
export const askTemporal = async (
	config: Configuration,
): Promise<TemporalState | undefined> => {
	const site = siteTemporal(config, createEnvironment());
	if (site !== undefined)
		return {
			address: site.options.address,
			trouble: await troubleAt(site, ANSWER_WITHIN_MS),
		};
	const last = lastEmbedded(embeddedDirectory(config.BatonDataDirectory));
	if (last === undefined) return undefined;
	const { address, isRunning } = last;
	return {
		address,
		trouble: isRunning
			? await troubleAt(targetAt(config, address), ANSWER_WITHIN_MS)
			: "the embedded server does not run",
	};
};
