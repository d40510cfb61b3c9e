import { type Instance, unknownInstance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { majorVersionOf } from "../topology/version.ts";
import type { Answer, Row } from "./answer.ts";
import { countOf, textOf } from "./cell.ts";
import { classic } from "./dialects/classic/dialect.ts";
import { ServerFault } from "./driver-error.ts";
import { goodCheck } from "./identity.ts";
import { listedReplicas } from "./named-replicas.ts";
import { channelsOf } from "./replica-status.ts";
import type { Session } from "./session.ts";

/** What a MaxScale binlog router understands, one statement at a time. */
const STATEMENTS = {
	serverId: "SELECT @@global.server_id",
	replicaStatus: "SHOW SLAVE STATUS",
	binaryLog: "SHOW MASTER STATUS",
	replicas: "SHOW SLAVE HOSTS",
} as const;

type BinlogServerAnswers = Readonly<Record<keyof typeof STATEMENTS, Answer>>;

const rowsOf = (answer: Answer): readonly Row[] =>
	answer instanceof ServerFault ? [] : answer;

/** The one column of the first row, whatever its name. */
const cellOf = (answer: Answer): Row => {
	const [row] = rowsOf(answer);
	return { value: row === undefined ? null : (Object.values(row)[0] ?? null) };
};

/**
 * Makes an instance of what a binlog server answered: it keeps the logs of its source and hands them on, and holds no data.
 * @throws ServerFault when it does not say whom it replicates from
 */
export const binlogServerFrom = (
	contact: InstanceName,
	version: string,
	answers: BinlogServerAnswers,
	times: { readonly startedAtMs: number; readonly endedAtMs: number },
): Instance => {
	const { host, port } = splitName(contact);
	if (answers.replicaStatus instanceof ServerFault) throw answers.replicaStatus;
	if (answers.replicaStatus.length === 0)
		throw new ServerFault(
			"refused-by-server",
			"the MaxScale binlog server has no source: point it to one",
		);
	const channels = channelsOf(
		answers.replicaStatus,
		classic.replicaStatusColumns,
	);
	const [log = {}] = rowsOf(answers.binaryLog);
	return {
		...unknownInstance(host, port),
		check: goodCheck(times.startedAtMs, times.endedAtMs),
		version: `${version.slice(0, 64)}-maxscale`,
		majorVersion: majorVersionOf(version),
		flavor: "MaxScale",
		isBinlogServer: true,
		// As its UUID it would tell that of its primary, and so do all that hand on the same logs. So may the id be, unless configured.
		serverId: countOf(cellOf(answers.serverId), "value"),
		readOnly: true,
		logBin: true,
		logReplicaUpdates: true,
		binlogFormat: "INHERIT",
		selfCoordinates: {
			file: textOf(log, "File"),
			position: countOf(log, "Position"),
		},
		...channels,
		lagSeconds: channels.replication.secondsBehind,
		replicas: listedReplicas(rowsOf(answers.replicas)),
		countedReplicas: rowsOf(answers.replicas).length,
	};
};

/** @throws ServerFault */
export const probeBinlogServer = async (
	session: Session,
	version: string,
	nowMs: () => number,
): Promise<Instance> => {
	const startedAtMs = nowMs();
	const one = async (sql: string): Promise<Answer> =>
		session.query(sql).catch((error: unknown) => {
			if (error instanceof ServerFault && error.outcome === "refused-by-server")
				return error;
			throw error;
		});
	const answers = {
		serverId: await one(STATEMENTS.serverId),
		replicaStatus: await one(STATEMENTS.replicaStatus),
		binaryLog: await one(STATEMENTS.binaryLog),
		replicas: await one(STATEMENTS.replicas),
	};
	return binlogServerFrom(session.server, version, answers, {
		startedAtMs,
		endedAtMs: nowMs(),
	});
};
