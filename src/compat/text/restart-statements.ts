import type { Instance } from "../../topology/instance.ts";
import { compareVersions } from "../../topology/version.ts";

/** MySQL 8.4 no longer knows the old word. */
const replicaWord = ({ flavor, version }: Instance): string =>
	flavor !== "MariaDB" && compareVersions(version, "8.4") >= 0
		? "replica"
		: "slave";

/**
 * Stops the threads that run, does the statement, and starts the same threads again. Each ends in exactly one `;`.
 * @param statement empty for none; blanks and semicolons at its end do not count
 */
export const restartStatements = (
	seen: Instance,
	statement: string,
): string[] => {
	const injected = statement.trim().replace(/[\s;]+$/, "");
	const word = replicaWord(seen);
	// A receiver that is connecting runs as well: it has to be stopped for a change.
	const runs = (state: number) => state === 1 || state === 2;
	const threads = [
		...(runs(seen.replication.receiver) ? ["io_thread"] : []),
		...(runs(seen.replication.applier) ? ["sql_thread"] : []),
	];
	return [
		...threads.map((thread) => `stop ${word} ${thread}`),
		...(injected === "" ? [] : [injected]),
		...threads.toReversed().map((thread) => `start ${word} ${thread}`),
	].map((statement) => `${statement};`);
};
