import { phase } from "../plan.ts";
import { forItsChannel, type Proposed } from "./scene.ts";
import { runStep } from "./threads.ts";

/** What an applier failed on is left out, and it goes on behind it. */
export const planSkip = forItsChannel(
	(channel, { instance }): Proposed | string => {
		const { name: on } = instance;
		const { applier, lastApplierError, execCoordinates: at } = channel;
		if (applier !== 0)
			return `the applier of ${on} runs: there is nothing to skip`;
		if (lastApplierError === "")
			return `the applier of ${on} is stopped, and not by an error: start it with start-replica -i ${on}`;
		return {
			phases: [
				phase(
					"skip",
					[
						{
							do: "skipTransaction",
							on,
							channel: channel.channel,
							at,
							because: lastApplierError.slice(0, 200),
						},
					],
					"undo",
				),
				phase(
					"start",
					[runStep(instance, channel, "it goes on behind that")],
					"undo",
				),
			],
			notes: [
				`${on} will differ from its source by what the transaction changes there; there is no way back`,
			],
			says: `${on} skipped the transaction that it failed on, and replicates`,
		};
	},
);
