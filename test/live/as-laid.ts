// For files whose tests share a system: each begins with the topology as it was laid, whatever ran before it.

import { isLastCheckValid } from "../../src/topology/instance.ts";
import { replicaStatus, semiSyncState, waitUntil } from "../lab/replication.ts";
import { type ResetOptions, resetTopology } from "../lab/reset.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import { channelsOf } from "./findings.ts";
import { explaining, type System } from "./system.ts";

const DATA = {
	mysql: "@@GLOBAL.gtid_executed",
	mariadb: "@@GLOBAL.gtid_binlog_state",
} as const;

/** The databases of the server, and what it has executed. */
const contentOf = async (server: LabServer) => {
	const [row] = await server.query(
		`SELECT (SELECT GROUP_CONCAT(schema_name ORDER BY schema_name) FROM information_schema.schemata) AS dbs, ${DATA[server.flavor]} AS gtids`,
	);
	return { databases: String(row?.["dbs"]), gtids: String(row?.["gtids"]) };
};

const domainsOf = (state: string): string[] =>
	state === "" ? [] : state.split(",").map((gtid) => gtid.split("-")[0] ?? "");

/** It has nothing that the primary lacks, as far as a test leaves any. */
const hasNothingOfItsOwn = async (
	replica: LabServer,
	primary: LabServer,
): Promise<boolean> => {
	const own = await contentOf(replica);
	const above = await contentOf(primary);
	if (own.databases !== above.databases) return false;
	if (replica.flavor === "mariadb") {
		const known = new Set(domainsOf(above.gtids));
		return domainsOf(own.gtids).every((domain) => known.has(domain));
	}
	const [row] = await primary.query(
		`SELECT GTID_SUBSET('${own.gtids}', '${above.gtids}') AS within`.replaceAll(
			"\n",
			"",
		),
	);
	return Number(row?.["within"]) === 1;
};

const isReplicaAsLaid = async (
	replica: LabServer,
	primary: LabServer,
): Promise<boolean> => {
	if (!replica.isRunning()) return false;
	const channels = Object.entries(await channelsOf(replica));
	const [[name, channel] = []] = channels;
	const until = String((await replicaStatus(replica))?.["Until_Condition"]);
	return (
		channels.length === 1 &&
		name === "" &&
		channel?.source === primary.name &&
		channel.receiver === "Yes" &&
		channel.applier === "Yes" &&
		until === "None" &&
		(await isReadOnly(replica)) &&
		(await hasNothingOfItsOwn(replica, primary))
	);
};

/** Some milliseconds. */
const standsAsLaid = async (
	{ primary, replicas }: System,
	{ semiSync = true }: ResetOptions,
): Promise<boolean> => {
	if (!primary.isRunning() || (await isReadOnly(primary))) return false;
	if (Object.keys(await channelsOf(primary)).length > 0) return false;
	if (semiSync) {
		const { active, clients } = await semiSyncState(primary);
		if (!active || clients !== replicas.length) return false;
	}
	const asLaid = await Promise.all(
		replicas.map((each) => isReplicaAsLaid(each, primary)),
	);
	return asLaid.every((each) => each);
};

/**
 * The topology stands as it was laid, and Baton sees it so: it is laid anew where it does not.
 * @param before what ends with the topology as it is; only where it is laid anew
 */
export const standAsLaid = async (
	system: System,
	options: ResetOptions,
	before: () => Promise<void> = async () => undefined,
): Promise<void> => {
	if (await standsAsLaid(system, options)) return;
	await before();
	await resetTopology(system, options);
	const laidAtMs = Date.now();
	await explaining(system, () =>
		waitUntil("the servers to be seen as they are laid", async () => {
			const known = await system.inStore(({ inventory }) => inventory.all());
			return system.servers.every(({ name }) =>
				known.some(
					(each) =>
						each.name === name &&
						isLastCheckValid(each) &&
						each.check.seenAtMs - each.check.latencyMs > laidAtMs &&
						each.errantGtid === "",
				),
			);
		}),
	);
};
