import { errorText } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import { type NoCredential, replicationCredential } from "../credential.ts";
import { serverFault } from "../driver-error.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** What mends it on several servers is said once, behind them all. */
const notKnown = (reasons: readonly NoCredential[]): string => {
	const remedies = new Set(
		reasons.map(({ remedy }) => remedy).filter((each) => each !== ""),
	);
	return [
		`the replication account is not known: ${reasons.map(({ missing }) => missing).join("; ")}`,
		...remedies,
	].join(": ");
};

/** Asked before anything is touched, while somebody still has it. It changes nothing and takes no lock. */
export const findCredential = async (
	run: Pick<StepRun, "reader" | "credential" | "credentialsQuery">,
	from: StepOf<"findCredential">["from"],
): Promise<Finding> => {
	if (run.credential.get() !== undefined)
		return finding("already", "the replication account is known");
	const reasons: NoCredential[] = [];
	for (const server of from) {
		const found = await run
			.reader(server, (reader) =>
				replicationCredential(reader, run.credentialsQuery),
			)
			.catch(
				(error: unknown): NoCredential => ({
					missing: errorText(serverFault(error)),
					remedy: "",
				}),
			);
		if ("credential" in found) {
			run.credential.keep(found.credential);
			return finding(
				"done",
				`found the replication account ${found.credential.user} on ${server}`,
			);
		}
		reasons.push(found);
	}
	return finding(
		"refused",
		reasons.length === 0
			? "there is no server to ask for the replication account"
			: notKnown(reasons),
	);
};
