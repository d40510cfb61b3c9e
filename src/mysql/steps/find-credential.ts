import { errorText } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import { replicationCredential } from "../credential.ts";
import { serverFault } from "../driver-error.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Asked before anything is touched, while somebody still has it. It changes nothing and takes no lock. */
export const findCredential = async (
	run: StepRun,
	{ from }: StepOf<"findCredential">,
): Promise<Finding> => {
	if (run.credential.get() !== undefined)
		return finding("already", "the replication account is known");
	const reasons: string[] = [];
	for (const server of from) {
		const found = await run
			.reader(server, (reader) =>
				replicationCredential(reader, run.credentialsQuery),
			)
			.catch((error: unknown) => ({ missing: errorText(serverFault(error)) }));
		if ("credential" in found) {
			run.credential.keep(found.credential);
			return finding(
				"done",
				`found the replication account ${found.credential.user} on ${server}`,
			);
		}
		reasons.push(found.missing);
	}
	return finding(
		"refused",
		reasons.length === 0
			? "there is no server to ask for the replication account"
			: `the replication account is not known: ${reasons.join("; ")}`,
	);
};
