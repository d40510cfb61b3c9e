import { setTimeout as delay } from "node:timers/promises";
import type { InstanceName } from "../../topology/instance-name.ts";
import { ServerFault } from "../driver-error.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** One that is back answers within that. One that hangs must not hold a failover up any longer. Milliseconds. */
const ANSWERS_WITHIN_MS = 100;

/**
 * Looks whether the server that another one is to replace takes writes again: two must not.
 * @returns what is to be answered then; undefined when it does not, when it says nothing in time, and when another server stands at its address
 */
export const inTheWay = async (
	run: StepRun,
	server: InstanceName | undefined,
): Promise<Finding | undefined> => {
	if (server === undefined) return undefined;
	const look = run
		.reader(server, (reader) => reader.look())
		.catch((error: unknown) => {
			if (error instanceof ServerFault) return undefined;
			throw error;
		});
	const now = await Promise.race([look, delay(ANSWERS_WITHIN_MS, undefined)]);
	const { serverUuid } = run.known(server);
	return now === undefined ||
		now.readOnly ||
		(serverUuid !== "" && now.serverUuid !== serverUuid)
		? undefined
		: {
				...finding(
					"refused",
					`${server} answers again and takes writes: nobody is opened beside it`,
				),
				inTheWay: server,
			};
};
