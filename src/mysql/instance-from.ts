import type { ProbeFinding } from "../topology/check.ts";
import { foldHost, isHost } from "../topology/host.ts";
import {
	type Instance,
	isReplica,
	unknownInstance,
} from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Answer, Row } from "./answer.ts";
import { countOf, namedValues, textOf } from "./cell.ts";
import {
	type ConfiguredAnswers,
	readConfigured,
} from "./configured-queries.ts";
import type { Dialect } from "./dialect.ts";
import { ServerFault } from "./driver-error.ts";
import { groupFindings, groupOf } from "./group-status.ts";
import { goodCheck, identityOf } from "./identity.ts";
import {
	dumpingReplicas,
	listedReplicas,
	ndbServers,
} from "./named-replicas.ts";
import { missingPrivileges, type Privileges } from "./privileges.ts";
import {
	noPerformanceSchema,
	noSemiSync,
	type PartName,
	placeOf,
	refusals,
	unreadableGtids,
} from "./probe-findings.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import { channelsOf, heartbeatsOf } from "./replica-status.ts";
import { semiSyncOf } from "./semi-sync-status.ts";

/** What a server answered to one poll. A part that is not there was not asked for. */
export interface PollAnswers {
	readonly dialect: Dialect;
	readonly parts: Readonly<Partial<Record<PartName, Answer>>>;
	readonly configured: ConfiguredAnswers;
	readonly uptimeSeconds: number;
	/** Undefined when the server does not tell. */
	readonly privileges: Privileges | undefined;
	/** Milliseconds since the epoch. */
	readonly startedAtMs: number;
	readonly endedAtMs: number;
}

const rowsOf = (answer: Answer | undefined): readonly Row[] =>
	answer === undefined || answer instanceof ServerFault ? [] : answer;

/** The part without which nothing else is worth telling. @throws ServerFault */
const essential = (
	answer: Answer | undefined,
	what: string,
): readonly Row[] => {
	if (answer instanceof ServerFault)
		throw answer.outcome === "refused-by-server"
			? new ServerFault(
					answer.outcome,
					`${what} was refused (${answer.message})`,
					answer.errno,
					{ cause: answer },
				)
			: answer;
	return rowsOf(answer);
};

const ownName = (
	contact: InstanceName,
	identity: Row,
	nameBy: ProbeSettings["nameBy"],
): { host: string; port: number } => {
	const { host, port } = splitName(contact);
	if (nameBy === "contact") return { host, port };
	const said = textOf(
		identity,
		nameBy === "hostname" ? "hostname" : "report_host",
	);
	if (!isHost(said))
		throw new ServerFault(
			"refused-by-server",
			`@@${nameBy} is '${said.slice(0, 64)}', which is no host name; set it, or set MySQLHostnameResolveMethod to none`,
		);
	return { host: foldHost(said), port };
};

const replicasOf = (
	{ parts }: PollAnswers,
	contact: InstanceName,
	own: { readonly host: string; readonly port: number },
	ignoresReplica: ProbeSettings["ignoresReplica"],
): Pick<Instance, "replicas" | "countedReplicas"> & {
	readonly findings: ProbeFinding[];
} => {
	const rows = rowsOf(parts.replicas);
	const listed = listedReplicas(rows);
	const nameless = rows.filter((row) => textOf(row, "Host") === "").length;
	const named = [
		...(listed.length > 0
			? listed
			: dumpingReplicas(rowsOf(parts.dumps), own.port)),
		...ndbServers(rowsOf(parts.ndb), own.port),
	];
	const self = [contact, instanceName(own.host, own.port)];
	return {
		countedReplicas: rows.length || rowsOf(parts.dumps).length,
		// By the process list, replicas on the server's own host would all be the server itself.
		replicas: [...new Set(named)].filter(
			(name) => !self.includes(name) && !ignoresReplica(splitName(name)),
		),
		findings:
			nameless === 0
				? []
				: [
						{
							about: "replicas",
							privilege: "",
							says: `${nameless} of its replicas do not say by which host they are reached: set report_host on them`,
						},
					],
	};
};

const FINDING_LIMIT = 64;

/**
 * Makes an instance of what a server answered. Pure: whatever the rows hold, the result is JSON and bounded in size.
 * @param contact the name by which it was asked
 * @throws ServerFault when it did not tell who it is or how it replicates: without the latter a replica would look like a
 * primary
 */
export const instanceFrom = (
	contact: InstanceName,
	answers: PollAnswers,
	settings: ProbeSettings,
): Instance => {
	const { dialect, parts, startedAtMs, endedAtMs } = answers;
	const [identity] = essential(parts.identity, "the identity");
	if (identity === undefined)
		throw new ServerFault(
			"refused-by-server",
			"the server told nothing of itself",
		);
	const statusRows = essential(
		parts.replicaStatus,
		`${dialect.replicaStatus}, which wants the privilege ${dialect.replicaStatusPrivilege},`,
	);
	const own = ownName(contact, identity, settings.nameBy);
	const values = new Map([
		...namedValues(rowsOf(parts.variables)),
		...namedValues(rowsOf(parts.status)),
	]);
	const { replication, otherChannels } = channelsOf(
		statusRows,
		dialect.replicaStatusColumns,
		heartbeatsOf(rowsOf(parts.heartbeats)),
	);
	const asked = readConfigured(settings.queries, answers.configured);
	const { place, findings: ofPlace } = placeOf(settings, own.host, asked);
	const { findings: ofReplicas, ...itsReplicas } = replicasOf(
		answers,
		contact,
		own,
		settings.ignoresReplica,
	);
	const lacking = missingPrivileges(
		dialect.privileges,
		answers.privileges,
		settings,
	);
	const facts = identityOf(identity);
	const semiSync = semiSyncOf(values, asked.semiSyncPriority);
	const groupRows = rowsOf(parts.groupMembers);
	const group = groupOf(groupRows, values, facts.serverUuid);
	const seen: Instance = {
		...unknownInstance(own.host, own.port),
		...facts,
		...place,
		check: goodCheck(startedAtMs, endedAtMs),
		uptimeSeconds: answers.uptimeSeconds,
		selfCoordinates: selfCoordinatesOf(rowsOf(parts.binaryLog), values),
		replication,
		otherChannels,
		semiSync,
		group,
		...itsReplicas,
		lagSeconds:
			asked.lagSeconds === undefined
				? replication.secondsBehind
				: asked.lagSeconds,
		replicationCredentialsAvailable:
			settings.credentialsQuery !== "" ||
			(dialect.replicationCredential !== "" &&
				replication.user !== "" &&
				(values.get("master_info_repository") ?? "TABLE") === "TABLE" &&
				!lacking.some(({ about }) => about === "replication credentials")),
		findings: [
			...lacking,
			...refusals(parts, lacking),
			...noPerformanceSchema(identity),
			...noSemiSync(semiSync),
			...groupFindings(groupRows, group),
			...unreadableGtids({ ...facts, replication }),
			...ofReplicas,
			...ofPlace,
			...asked.findings,
		].slice(0, FINDING_LIMIT),
	};
	// The domain is the cluster's: of a primary, or of a co-primary that is written to.
	return isReplica(seen) && seen.readOnly
		? seen
		: { ...seen, clusterDomain: asked.domain ?? "" };
};

const selfCoordinatesOf = (
	rows: readonly Row[],
	values: ReadonlyMap<string, string>,
): Instance["selfCoordinates"] => {
	const row = rows[0] ?? {
		File: values.get("binlog_snapshot_file") ?? "",
		Position: values.get("binlog_snapshot_position") ?? 0,
	};
	return { file: textOf(row, "File"), position: countOf(row, "Position") };
};
