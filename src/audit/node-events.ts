/** What a node does by itself, or is told by a signal, and the audit tells of. */
import type { Configuration } from "../config/keys.ts";
import { errorText } from "../errors.ts";
import type { Store } from "../store/contract.ts";
import { createAuditTrail } from "./audit-trail.ts";
import { type AuditedChange, globally, recordChanges } from "./changes.ts";

interface HousekeepingResult {
	/** Rows past their time, by what they are. */
	readonly purged: Readonly<Record<string, number>>;
	/** Servers that do not answer by a name that has become another one's. */
	readonly renamed: readonly string[];
}

/** One entry for each kind of thing that ended, with how many; none for nothing. The misspelt type is the reference's. */
export const housekeepingDone = ({
	purged,
	renamed,
}: HousekeepingResult): AuditedChange[] => {
	const counted = [
		["expire-downtime", "Expired downtimes", purged.downtimes],
		["forget-unseen", "Forgotten instances", purged.instances],
		[
			"forget-clustr-aliases",
			"Forgotten cluster aliases",
			purged.clusterAliases,
		],
		[
			"forget-unseen-differently-resolved",
			"Forgotten instances",
			renamed.length,
		],
	] as const;
	return counted.flatMap(([type, says, count = 0]) =>
		count === 0 ? [] : [globally(type, `${says}: ${count}`)],
	);
};

export const configurationReloaded = (signal: string): AuditedChange =>
	globally("reload-configuration", `Triggered via ${signal}`);

export const shutDown = (signal: string): AuditedChange =>
	globally("shutdown", `Triggered via ${signal}`);

/** Tells the audit; that it cannot be written is a warning, and hinders nothing. */
export const createNodeAudit = (deps: {
	readonly store: Pick<Store, "audit" | "inventory">;
	readonly config: () => Configuration;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void; warn(text: string): void };
}) => {
	const trail = createAuditTrail(deps.store, deps.config, deps.log);
	return async (...changes: readonly AuditedChange[]): Promise<void> => {
		try {
			await recordChanges(trail, changes, deps.nowMs());
		} catch (error) {
			deps.log.warn(`the audit could not be written: ${errorText(error)}`);
		}
	};
};
