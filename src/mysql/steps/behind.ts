import { errorText } from "../../errors.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { isSuperseded } from "../step-session.ts";
import { channelsIn } from "./channel.ts";
import { lackedBy } from "./lacked.ts";
import type { StepRun } from "./step-context.ts";

/** What others have that a server lacks, as far as they can be asked. */
export interface Behind {
	/** Each as a sentence; empty when nobody is known to have more. */
	readonly has: readonly string[];
	/** Those that could not be asked, with the reason. */
	readonly unasked: readonly string[];
}

/** Compares the server with others, each as it is now; what they have that nobody ever had but they does not count. */
export const behindOthers = async (
	run: StepRun,
	server: Instance,
	others: readonly InstanceName[],
): Promise<Behind> => {
	const has: string[] = [];
	const unasked: string[] = [];
	const compare = async (name: InstanceName): Promise<void> => {
		try {
			const replica = await run.reader(name, (reader) => reader.look());
			const errant = run.known(name).errantGtid;
			for (const channel of channelsIn(replica)) {
				const { says } = lackedBy(server, { replica, channel, errant });
				if (says !== "") has.push(`${name} has ${says.slice(0, 160)}`);
			}
		} catch (error) {
			if (isSuperseded(error)) throw error;
			unasked.push(`${name} (${errorText(error)})`);
		}
	};
	await Promise.all(others.map(compare));
	return { has, unasked };
};
