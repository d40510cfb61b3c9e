import type { Coordinates } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";

/** What a hook is told. */
export interface HookContext {
	readonly failureType: string;
	readonly instanceType: string;
	readonly isMaster: boolean;
	readonly isCoMaster: boolean;
	readonly failureDescription: string;
	/** `graceful-master-takeover`, `force-master-failover` … or empty. */
	readonly command: string;
	readonly failed: InstanceName;
	readonly cluster: string;
	readonly clusterAlias: string;
	readonly clusterDomain: string;
	readonly replicas: readonly InstanceName[];
	readonly lostReplicas: readonly InstanceName[];
	readonly isDowntimed: boolean;
	readonly autoMasterRecovery: boolean;
	readonly autoIntermediateMasterRecovery: boolean;
	readonly orchestratorHost: string;
	readonly recoveryUid: string;
	/** Empty when nobody was promoted. */
	readonly successor: InstanceName | "";
	readonly successorAlias: string;
	readonly successorCoordinates: Coordinates | null;
}

/** One value under all its names: `{placeholder}` spellings, and the environment variable (none for some). */
interface Told {
	readonly names: readonly string[];
	readonly variable?: string;
	readonly value: string;
}

const successorValues = (context: HookContext): Told[] => {
	if (context.successor === "") return [];
	const { host, port } = splitName(context.successor);
	const at = context.successorCoordinates;
	return [
		{ names: ["successorHost"], variable: "ORC_SUCCESSOR_HOST", value: host },
		{
			names: ["successorPort"],
			variable: "ORC_SUCCESSOR_PORT",
			value: String(port),
		},
		{
			names: ["successorAlias"],
			variable: "ORC_SUCCESSOR_ALIAS",
			value: context.successorAlias,
		},
		...(at === null || at.file === ""
			? []
			: [
					{
						names: ["successorBinlogCoordinates"],
						variable: "ORC_SUCCESSOR_BINLOG_COORDINATES",
						value: `${at.file}:${at.position}`,
					},
				]),
	];
};

export const toldTo = (context: HookContext): Told[] => {
	const { host, port } = splitName(context.failed);
	const text = (name: string, variable: string, value: string): Told => ({
		names: [name],
		variable,
		value,
	});
	return [
		text("failureType", "ORC_FAILURE_TYPE", context.failureType),
		text("instanceType", "ORC_INSTANCE_TYPE", context.instanceType),
		text("isMaster", "ORC_IS_MASTER", String(context.isMaster)),
		text("isCoMaster", "ORC_IS_CO_MASTER", String(context.isCoMaster)),
		text(
			"failureDescription",
			"ORC_FAILURE_DESCRIPTION",
			context.failureDescription,
		),
		text("command", "ORC_COMMAND", context.command),
		text("failedHost", "ORC_FAILED_HOST", host),
		text("failedPort", "ORC_FAILED_PORT", String(port)),
		text("failureCluster", "ORC_FAILURE_CLUSTER", context.cluster),
		text(
			"failureClusterAlias",
			"ORC_FAILURE_CLUSTER_ALIAS",
			context.clusterAlias,
		),
		text(
			"failureClusterDomain",
			"ORC_FAILURE_CLUSTER_DOMAIN",
			context.clusterDomain,
		),
		{
			names: ["countReplicas", "countSlaves"],
			variable: "ORC_COUNT_REPLICAS",
			value: String(context.replicas.length),
		},
		{
			names: ["replicaHosts", "slaveHosts"],
			variable: "ORC_REPLICA_HOSTS",
			value: context.replicas.join(","),
		},
		{
			names: ["lostReplicas", "lostSlaves"],
			variable: "ORC_LOST_REPLICAS",
			value: context.lostReplicas.join(","),
		},
		{
			names: ["countLostReplicas"],
			value: String(context.lostReplicas.length),
		},
		text("isDowntimed", "ORC_IS_DOWNTIMED", String(context.isDowntimed)),
		text(
			"autoMasterRecovery",
			"ORC_AUTO_MASTER_RECOVERY",
			String(context.autoMasterRecovery),
		),
		text(
			"autoIntermediateMasterRecovery",
			"ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY",
			String(context.autoIntermediateMasterRecovery),
		),
		text("orchestratorHost", "ORC_ORCHESTRATOR_HOST", context.orchestratorHost),
		text("recoveryUID", "ORC_RECOVERY_UID", context.recoveryUid),
		text("isSuccessful", "ORC_IS_SUCCESSFUL", String(context.successor !== "")),
		...successorValues(context),
	];
};

/** Words that mean themselves to a shell, in quotes and out of them. */
const PLAIN = /^[A-Za-z0-9_.,:/@%+=-]*$/;

/**
 * The command with its placeholders filled in. Upstream puts values in as text; here only plain words are, since aliases,
 * descriptions and host names come from servers. For any other value the hook's environment
 * variable is referred to: what a variable holds is never read as a command, not even within `"$(…)"`, backquotes or a
 * here-document, where a quoted word would be.
 */
export const fillIn = (command: string, context: HookContext): string => {
	const byName = new Map(
		toldTo(context).flatMap((told) =>
			told.names.map((name) => [name, told] as const),
		),
	);
	let quote = "";
	let out = "";
	for (let at = 0; at < command.length; at++) {
		const character = command[at] ?? "";
		const found = /^\{([A-Za-z]+)\}/.exec(command.slice(at));
		const told = found?.[1] === undefined ? undefined : byName.get(found[1]);
		if (found && told) {
			out += within(quote, told);
			at += found[0].length - 1;
			continue;
		}
		if (character === "\\" && quote !== "'") {
			out += character + (command[++at] ?? "");
			continue;
		}
		if (quote === "" && (character === "'" || character === '"'))
			quote = character;
		else if (character === quote) quote = "";
		out += character;
	}
	return out;
};

/** Whatever has no variable is a number, hence plain. */
const within = (quote: string, { variable, value }: Told): string => {
	if (variable === undefined || PLAIN.test(value)) return value;
	const reference = `\${${variable}}`;
	if (quote === '"') return reference;
	return quote === "'" ? `'"${reference}"'` : `"${reference}"`;
};
