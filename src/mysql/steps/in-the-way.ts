import { setTimeout as delay } from "node:timers/promises";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { ServerFault } from "../driver-error.ts";
import { identityOf } from "../identity.ts";
import type { Reader } from "../step-session.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Another server may stand at its address by now: that one is in nobody's way here. */
const isTheSame = (known: Instance, now: Partial<Instance>): boolean =>
	known.serverUuid === ""
		? known.serverId === 0 || known.serverId === now.serverId
		: known.serverUuid === now.serverUuid;

/** Beside the look that everybody else takes, which is kept: only one that is in the way is of interest. */
const takesWrites = async (
	reader: Reader,
	known: Instance,
): Promise<boolean> => {
	const [row] = await reader.read(reader.dialect.identityQuery);
	const now = identityOf(row ?? {});
	return now.readOnly === false && isTheSame(known, now);
};

/**
 * Looks whether the server that another one is to replace takes writes again: two must not.
 * @param withinMs one that hangs must not hold a failover up any longer
 * @returns what is to be answered then; undefined when it does not, or does not say so in time
 */
export const inTheWay = async (
	run: StepRun,
	server: InstanceName,
	withinMs: number,
): Promise<Finding | undefined> => {
	let isLate = false;
	const look = run
		.reader(server, async (reader) => {
			if (!(await takesWrites(reader, run.known(server))) || isLate)
				return undefined;
			// The plan that follows goes by it.
			await reader.look();
			return {
				...finding(
					"refused",
					`${server} answers again and takes writes: nobody is opened beside it`,
				),
				inTheWay: server,
			};
		})
		.catch((error: unknown) => {
			if (error instanceof ServerFault) return undefined;
			throw error;
		});
	const found = await Promise.race([look, delay(withinMs, undefined)]);
	isLate = true;
	return found;
};

/** The same while something else goes on, which it does not hold up. */
export const lookingWhether = (
	run: StepRun,
	server: InstanceName | undefined,
	withinMs: number,
) => {
	let found: Finding | undefined;
	let isLooking = false;
	let failure: unknown;
	return {
		/** Begins to look, unless it does already. */
		look: (): void => {
			if (server === undefined || isLooking) return;
			isLooking = true;
			inTheWay(run, server, withinMs).then(
				(finding) => {
					found ??= finding;
					isLooking = false;
				},
				(error: unknown) => {
					failure = error;
				},
			);
		},
		/** @throws what a look failed with, other than that the server cannot be asked */
		found: (): Finding | undefined => {
			if (failure !== undefined) throw failure;
			return found;
		},
	};
};
