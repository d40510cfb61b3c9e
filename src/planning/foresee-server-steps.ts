import type { Instance, Replication } from "../topology/instance.ts";
import type { ServerStepKinds, ServerStepOf } from "./server-steps.ts";

type WithChannel = (
	server: Instance,
	channel: string,
	change: Partial<Replication>,
) => Instance;

const unchanged = (server: Instance): Instance => server;

/** What planning goes by of the servers as those steps leave them when all goes well. */
export const serverEffects = (
	withChannel: WithChannel,
): {
	readonly [Kind in keyof ServerStepKinds]: (
		server: Instance,
		step: ServerStepOf<Kind>,
	) => Instance;
} => ({
	stopReplication: (server, { channel }) =>
		withChannel(server, channel, { receiver: 0, applier: 0 }),
	runReplication: (server, { channel }) =>
		withChannel(server, channel, { receiver: 1, applier: 1 }),
	drainReceived: (server, { channel }) =>
		withChannel(server, channel, { applier: 1 }),
	renameSource: (server, { channel, host, port }) =>
		withChannel(server, channel, {
			sourceHost: host,
			sourcePort: port,
			receiver: 0,
		}),
	setPositioning: (server, { channel, byGtid }) =>
		withChannel(server, channel, {
			usingOracleGtid: byGtid && server.flavor !== "MariaDB",
			usingMariadbGtid: byGtid && server.flavor === "MariaDB",
		}),
	skipTransaction: (server, { channel }) =>
		withChannel(server, channel, { lastApplierError: "" }),
	setReadOnly: (server, { readOnly }) => ({
		...server,
		readOnly,
		superReadOnly: readOnly && server.flavor !== "MariaDB",
	}),
	setSemiSync: unchanged,
	flushLogs: unchanged,
	purgeLogs: unchanged,
	killQuery: unchanged,
	resetBinaryLogs: (server, { keeps }) => ({
		...server,
		executedGtid: keeps.join(","),
		errantGtid: "",
	}),
	injectEmpty: unchanged,
});
