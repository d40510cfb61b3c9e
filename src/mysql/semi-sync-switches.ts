import type { SemiSync } from "../topology/instance.ts";
import { textOf } from "./cell.ts";
import { ServerFault } from "./driver-error.ts";
import type { StepSession } from "./step-session.ts";

/** How the new primary shall wait for acknowledgements: as the old one did. */
export type SemiSyncPolicy = Pick<
	SemiSync,
	"sourceEnabled" | "sourceTimeoutMs" | "waitForReplicaCount" | "waitPoint"
>;

/** The semi-sync variables of the server under the names that its plugins have. */
const semiSyncNames = async (
	step: StepSession,
): Promise<ReadonlyMap<string, string>> => {
	const rows = await step.read(
		"SHOW GLOBAL VARIABLES LIKE 'rpl\\_semi\\_sync\\_%'",
	);
	return new Map(
		rows.map((row) => [textOf(row, "Variable_name"), textOf(row, "Value")]),
	);
};

const SOURCE_SWITCHES = [
	["timeout", "sourceTimeoutMs"],
	["wait_for_replica_count", "waitForReplicaCount"],
	["wait_for_slave_count", "waitForReplicaCount"],
	["wait_point", "waitPoint"],
] as const;

/**
 * Makes the source side of semi-sync like the old primary's. Only right before the server is made writable: while it still
 * applies, its own commits would wait for acknowledgements that nobody sends.
 */
export const enableSemiSync = async (
	step: StepSession,
	policy: SemiSyncPolicy,
): Promise<void> => {
	if (!policy.sourceEnabled) return;
	const names = await semiSyncNames(step);
	for (const word of ["source", "master"]) {
		const prefix = `rpl_semi_sync_${word}_`;
		if (!names.has(`${prefix}enabled`)) continue;
		for (const [suffix, key] of SOURCE_SWITCHES) {
			const current = names.get(prefix + suffix);
			const wanted = policy[key];
			if (current === undefined || wanted === "" || current === String(wanted))
				continue;
			await step.write({
				sql: `SET GLOBAL ${prefix}${suffix} = ?`,
				values: [wanted],
			});
		}
		await step.write(`SET GLOBAL ${prefix}enabled = 1`);
		return;
	}
	throw new ServerFault(
		"refused-by-server",
		"the old primary waited for semi-sync acknowledgements, but the semi-sync source plugin is not loaded here",
	);
};

/** Switches the source side off. Clients must be gone: their waiting commits would be released as successes (reliability.md trap 6). */
export const disableSemiSync = async (step: StepSession): Promise<void> => {
	const names = await semiSyncNames(step);
	for (const word of ["source", "master"]) {
		const name = `rpl_semi_sync_${word}_enabled`;
		if (["ON", "1"].includes(names.get(name) ?? ""))
			await step.write(`SET GLOBAL ${name} = 0`);
	}
};

/** Whether the source side of semi-sync is switched on. */
export const isSemiSyncSource = async (step: StepSession): Promise<boolean> => {
	const names = await semiSyncNames(step);
	return ["source", "master"].some((word) =>
		["ON", "1"].includes(names.get(`rpl_semi_sync_${word}_enabled`) ?? ""),
	);
};
