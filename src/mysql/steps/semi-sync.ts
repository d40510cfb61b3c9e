import type { SemiSyncPolicy } from "../../planning/step.ts";
import { numberOf, textOf } from "../cell.ts";
import type { SemiSyncVariables, Statement } from "../dialect.ts";
import { serverFault } from "../driver-error.ts";
import type { Reader } from "../step-session.ts";

/** The source side of semi-sync as it is on a server. */
export interface SemiSyncSource {
	readonly variables: SemiSyncVariables;
	readonly policy: SemiSyncPolicy;
}

const UNKNOWN_VARIABLE = 1193;

/** MySQL takes up to a second to end the thread that takes the acknowledgements. Milliseconds. */
export const SEMI_SYNC_OFF_MS = 10_000;

const queryOf = (names: SemiSyncVariables): string =>
	`SELECT ${[
		`@@global.${names.enabled} AS enabled`,
		`@@global.${names.timeout} AS timeout`,
		`@@global.${names.waitPoint} AS wait_point`,
		`${names.waitForReplicaCount === "" ? "1" : `@@global.${names.waitForReplicaCount}`} AS wait_for`,
	].join(", ")}`;

/** @returns undefined when no such plugin is loaded. @throws ServerFault */
export const readSemiSync = async (
	reader: Reader,
): Promise<SemiSyncSource | undefined> => {
	for (const variables of reader.dialect.semiSyncSource)
		try {
			const [row = {}] = await reader.read(queryOf(variables));
			return {
				variables,
				policy: {
					sourceEnabled: numberOf(row, "enabled") === 1,
					sourceTimeoutMs: numberOf(row, "timeout"),
					waitForReplicaCount: numberOf(row, "wait_for"),
					waitPoint: textOf(row, "wait_point"),
				},
			};
		} catch (error) {
			const fault = serverFault(error);
			if (fault.errno !== UNKNOWN_VARIABLE) throw fault;
		}
	return undefined;
};

/** What has to be set, as one statement: the server takes all of it or nothing. Undefined when it is so already. */
const changesTo = (
	{ variables, policy: now }: SemiSyncSource,
	wanted: SemiSyncPolicy,
): Statement | undefined => {
	const settings: readonly (readonly [string, string | number, boolean])[] = [
		[
			variables.timeout,
			wanted.sourceTimeoutMs,
			wanted.sourceTimeoutMs !== now.sourceTimeoutMs,
		],
		[
			variables.waitForReplicaCount,
			wanted.waitForReplicaCount,
			variables.waitForReplicaCount !== "" &&
				wanted.waitForReplicaCount !== now.waitForReplicaCount,
		],
		[
			variables.waitPoint,
			wanted.waitPoint,
			wanted.waitPoint !== "" && wanted.waitPoint !== now.waitPoint,
		],
		[
			variables.enabled,
			wanted.sourceEnabled ? 1 : 0,
			wanted.sourceEnabled !== now.sourceEnabled,
		],
	];
	const changed = settings.filter(([, , isOther]) => isOther);
	return changed.length === 0
		? undefined
		: {
				sql: `SET ${changed.map(([name]) => `GLOBAL ${name} = ?`).join(", ")}`,
				values: changed.map(([, value]) => value),
			};
};

/** How to make the server wait as it shall, and how to take that back. */
export interface SemiSyncChange {
	readonly apply: Statement;
	readonly takeBack: Statement;
}

/**
 * @param wanted undefined to leave the server as it is
 * @returns undefined when nothing has to be changed, or a sentence that says why it cannot be
 */
export const semiSyncChange = (
	now: SemiSyncSource | undefined,
	wanted: SemiSyncPolicy | undefined,
): SemiSyncChange | string | undefined => {
	if (wanted === undefined) return undefined;
	if (now === undefined)
		return wanted.sourceEnabled
			? "it shall wait for semi-sync acknowledgements, but the plugin for the source side is not loaded"
			: undefined;
	// What it would wait for counts for nothing while it does not wait.
	const target = wanted.sourceEnabled
		? wanted
		: { ...now.policy, sourceEnabled: false };
	const apply = changesTo(now, target);
	const takeBack = changesTo(
		{
			...now,
			policy: {
				...target,
				waitPoint: target.waitPoint || now.policy.waitPoint,
			},
		},
		now.policy,
	);
	return apply === undefined || takeBack === undefined
		? undefined
		: { apply, takeBack };
};

/** How to switch the source side off. Clients must be gone: their waiting commits would be released as successes. */
export const disabled = (
	now: SemiSyncSource | undefined,
): SemiSyncChange | undefined => {
	const change = semiSyncChange(
		now,
		now && { ...now.policy, sourceEnabled: false },
	);
	return typeof change === "string" ? undefined : change;
};
