import { errorText } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import {
	type Credential,
	type NoCredential,
	replicationCredential,
} from "../credential.ts";
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

/** How it is asked for. */
type Search = Omit<StepOf<"findCredential">, "do" | "on">;

/** Why the account that the server tells is of no use; undefined where nothing speaks against it. */
const objection = async (
	run: Pick<StepRun, "refusesLogin">,
	credential: Credential,
	teller: string,
	{ logsInOn }: Search,
): Promise<NoCredential | undefined> => {
	if (logsInOn === undefined) return undefined;
	const why = await run.refusesLogin(logsInOn, credential);
	return why === ""
		? undefined
		: {
				missing: `${logsInOn} does not let ${credential.user} in with the password that ${teller} tells (${why})`,
				remedy:
					"correct the password in mysql.slave_master_info (CHANGE REPLICATION SOURCE), or in what ReplicationCredentialsQuery reads; where the account is let in from the replicas' hosts only, set BatonCheckReplicationLogin to false",
			};
};

const toldBy = async (
	run: Pick<StepRun, "reader" | "credentialsQuery">,
	server: InstanceName,
): Promise<{ readonly credential: Credential } | NoCredential> =>
	run
		.reader(server, (reader) =>
			replicationCredential(reader, run.credentialsQuery),
		)
		.catch((error: unknown) => ({
			missing: errorText(serverFault(error)),
			remedy: "",
		}));

/** Asked before anything is touched, while somebody still has it. It changes nothing and takes no lock. */
export const findCredential = async (
	run: Pick<
		StepRun,
		"reader" | "credential" | "credentialsQuery" | "refusesLogin"
	>,
	search: Search,
): Promise<Finding> => {
	if (run.credential.get() !== undefined)
		return finding("already", "the replication account is known");
	const reasons: NoCredential[] = [];
	for (const server of search.from) {
		const found = await toldBy(run, server);
		const why =
			"credential" in found
				? await objection(run, found.credential, server, search)
				: found;
		if ("credential" in found && why === undefined) {
			run.credential.keep(found.credential);
			return finding(
				"done",
				`found the replication account ${found.credential.user} on ${server}`,
			);
		}
		if (why !== undefined) reasons.push(why);
	}
	return finding(
		"refused",
		reasons.length === 0
			? "there is no server to ask for the replication account"
			: notKnown(reasons),
	);
};
