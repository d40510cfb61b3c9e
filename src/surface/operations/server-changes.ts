import type { Json } from "../../compat/json/go-json.ts";
import type { PlainChange } from "../../operations/kinds/server-changes.ts";
import type { RequestOf } from "../../planning/operation.ts";
import type { ArgumentsOf, Takes } from "../argument.ts";
import { INSTANCE } from "../arguments/instances.ts";
import {
	DELAY,
	FLUSHED_LOG,
	FORCE,
	KEPT_LOG,
	PROCESS,
} from "../arguments/server-changes.ts";
import type { Category } from "../category.ts";
import { operation } from "../operation.ts";
import { instanceAnew } from "./moved-instances.ts";

// What changes one server, and no other. A row goes by the name that its change has in requests, and in the audit.

type Change = RequestOf<"serverChange">["change"];
type OfOne = { readonly instance: typeof INSTANCE };

interface Row<Taken extends Takes> {
	readonly name: Change["name"];
	readonly category: Category;
	readonly says: string;
	readonly saysInApi?: string;
	readonly help: string;
	/** Behind the name and the instance. */
	readonly path?: string;
	/** Spelt otherwise than by the name; the synonyms of each follow. */
	readonly routes?: readonly string[];
	readonly isApiOnly?: true;
	readonly takes: Taken;
	readonly change: (args: ArgumentsOf<Taken>) => Change;
	/** `Details`; the instance as it is then, without it. */
	readonly json?: (args: ArgumentsOf<Taken>) => Json;
}

const serverChange = <const Taken extends Takes>(row: Row<Taken>) => {
	const { name, category, says, saysInApi, help, path = "", isApiOnly } = row;
	const { routes = [name] } = row;
	const takes: Takes & OfOne = { ...row.takes, instance: INSTANCE };
	// The row's own arguments are among those of the whole, which the compiler does not follow.
	const own = (args: object) => args as ArgumentsOf<Taken>;
	return operation(name, {
		kind: "serverChange",
		category,
		says,
		...(saysInApi === undefined ? {} : { saysInApi }),
		help,
		...(isApiOnly === undefined ? {} : { isApiOnly }),
		takes,
		routes: routes.map((each) => `${each}/:host/:port${path}`),
		mustBeKnown: ({ instance }) => [instance],
		request: (args) => ({
			instance: args.instance,
			change: row.change(own(args)),
		}),
		tells: {
			lines: ({ successful, instance }) => (successful ? [instance] : []),
			message: ({ says: ended }) => ended,
			json: async ({ args, context }) =>
				row.json?.(own(args)) ?? (await instanceAnew(context, args.instance)),
			failed: () => null,
		},
	});
};

/** One that takes the instance alone. */
const plain = (
	name: PlainChange,
	category: Category,
	says: string,
	help: string,
	routes: readonly string[] = [name],
) =>
	serverChange({
		name,
		category,
		says,
		help,
		routes,
		takes: {},
		change: () => ({ name }),
	});

const GENERAL = "Replication, general";
const PRINTS = "Prints the name of the instance.";

const THREADS = [
	plain(
		"stop-replica",
		GENERAL,
		"Stop replication of an instance",
		`Stops both replication threads of the instance in -i, of all its channels. ${PRINTS} One that is stopped stays so.`,
		["stop-slave"],
	),
	plain(
		"stop-replica-nice",
		GENERAL,
		"Stop replication once all that was received is applied",
		`Stops the receiver of the instance in -i, lets it apply all that it has received, and stops the applier. ${PRINTS} A delayed replica is not waited for. Fails, and takes it back, when the applier does not get on.`,
		["stop-slave-nice"],
	),
	plain(
		"start-replica",
		GENERAL,
		"Start replication of an instance",
		`Starts replication of the instance in -i, on all its channels, and sees that it runs. ${PRINTS} Fails with the server's own words when it does not run.`,
		["start-slave"],
	),
	plain(
		"restart-replica",
		GENERAL,
		"Stop replication of an instance and start it again",
		`Stops replication of the instance in -i, starts it, and sees that it runs. ${PRINTS}`,
		["restart-slave"],
	),
	plain(
		"skip-query",
		GENERAL,
		"Skip the one transaction that a replica failed on",
		`Lets the instance in -i pass over the transaction that its applier failed on, and starts replication. By GTID of MySQL that very transaction is skipped; MariaDB counts, and wants SUPER for that. ${PRINTS} Refused while the applier runs, or is stopped without an error. The replica differs from its source by what it has skipped.`,
	),
];

const SOURCES = [
	plain(
		"reset-replica",
		GENERAL,
		"Let an instance forget its source; it has no way back",
		`Stops replication of the instance in -i and removes what it knows of its source. ${PRINTS} What it has received and not applied is thrown away. Refused under maintenance.`,
		["reset-slave"],
	),
	plain(
		"detach-replica-master-host",
		GENERAL,
		"Detach a replica from its source, so that it can be reattached",
		`Puts // in front of the host of the source of the instance in -i, so that it receives nothing, and keeps its place in the source's log. ${PRINTS} What it has received is applied. reattach-replica-master-host takes it back.`,
		["detach-slave", "detach-slave-master-host"],
	),
	plain(
		"reattach-replica-master-host",
		GENERAL,
		"Take a detachment back",
		`Takes the // in front of the host of the source of the instance in -i away, starts replication, and sees that it runs; otherwise the instance stays detached. ${PRINTS}`,
		["reattach-slave", "reattach-slave-master-host"],
	),
	plain(
		"enable-gtid",
		GENERAL,
		"Let a replica replicate by GTID",
		`Lets the instance in -i apply what it has received, and replicate from its own source by GTID. ${PRINTS} Refused when one of the two has no GTIDs, or the source has purged what the replica lacks.`,
	),
	plain(
		"disable-gtid",
		GENERAL,
		"Let a replica replicate by file and position",
		`Lets the instance in -i apply what it has received, and replicate from its own source by the file and position that it has reached. ${PRINTS}`,
	),
	serverChange({
		name: "delay-replication",
		category: GENERAL,
		says: "Let a replica apply later than it receives",
		help: `Sets the delay of the applier of the instance in -i to -duration, 0s for none. ${PRINTS} Refused where received events would be thrown away by it.`,
		path: "/:seconds",
		takes: { seconds: DELAY },
		change: ({ seconds }) => ({ name: "delay-replication", seconds }),
		json: ({ seconds }) => seconds,
	}),
];

const ERRANT = [
	plain(
		"gtid-errant-reset-master",
		GENERAL,
		"Let a replica forget its errant GTIDs; deletes its binary logs",
		`Stops replication of the instance in -i, deletes its binary logs, sets gtid_purged to what it has applied without the errant transactions, and starts replication. ${PRINTS} What those transactions have changed stays in its tables. Refused for an instance that has replicas.`,
	),
	plain(
		"gtid-errant-inject-empty",
		GENERAL,
		"Commit empty transactions on the primary for errant GTIDs",
		`Commits an empty transaction on the cluster's primary for each errant GTID of the instance in -i, so that all have them. ${PRINTS} What those transactions have changed stays in the tables of the instance alone.`,
	),
];

const semiSync = (
	name: PlainChange & `${"enable" | "disable"}-semi-sync-${string}`,
	says: string,
	help: string,
) => plain(name, GENERAL, says, `${help} ${PRINTS}`);

const SEMI_SYNC = [
	semiSync(
		"enable-semi-sync-master",
		"Switch the source side of semi-sync on",
		"Lets commits on the instance in -i wait for acknowledgements of its replicas.",
	),
	semiSync(
		"disable-semi-sync-master",
		"Switch the source side of semi-sync off",
		"Lets commits on the instance in -i wait for no acknowledgements. Refused for the primary while BatonMode is lossless.",
	),
	semiSync(
		"enable-semi-sync-replica",
		"Switch the replica side of semi-sync on",
		"Lets the instance in -i acknowledge what it receives. A receiver that runs is restarted.",
	),
	semiSync(
		"disable-semi-sync-replica",
		"Switch the replica side of semi-sync off",
		"Lets the instance in -i acknowledge nothing. A receiver that runs is restarted. Refused while BatonMode is lossless and commits would wait for ever.",
	),
];

const INSTANCES = [
	plain(
		"set-read-only",
		"Instance",
		"Make an instance read-only",
		`Sets read_only on the instance in -i, and super_read_only where the server has it. Waits ten seconds for commits that are under way; no session is ended. ${PRINTS}`,
	),
	plain(
		"set-writeable",
		"Instance",
		"Make the primary on record writable",
		`Clears read_only and super_read_only on the instance in -i. ${PRINTS} Refused for any server but the primary on record: two that take writes diverge. Use graceful-master-takeover or adopt.`,
	),
	serverChange({
		name: "kill-query",
		category: "Instance",
		says: "End the statement that a connection runs",
		help: "Ends what the connection with that number in the instance's process list is running; the connection stays. Refused for the server's own threads.",
		path: "/:process",
		isApiOnly: true,
		takes: { process: PROCESS },
		change: ({ process }) => ({ name: "kill-query", process }),
	}),
];

const LOGS = [
	serverChange({
		name: "flush-binary-logs",
		category: "Binary logs",
		says: "Let an instance begin a new binary log",
		help: `Flushes the binary logs of the instance in -i once, or until it writes the one in -binlog. ${PRINTS}`,
		takes: { upTo: FLUSHED_LOG },
		change: ({ upTo }) => ({
			name: "flush-binary-logs",
			...(upTo === undefined ? {} : { upTo }),
		}),
	}),
	serverChange({
		name: "purge-binary-logs",
		category: "Binary logs",
		says: "Delete the binary logs of an instance before a given one",
		help: `Deletes the binary logs of the instance in -i before the one in -binlog, or with \`latest\` all but the one that it writes. ${PRINTS} Refused while a replica has not applied all that would be deleted, or it is not known whether it has.`,
		path: "/:logFile",
		takes: { upTo: KEPT_LOG, force: FORCE },
		change: ({ upTo, force }) => ({
			name: "purge-binary-logs",
			upTo,
			...(force ? { force } : {}),
		}),
	}),
];

export const SERVER_CHANGES = [
	...THREADS,
	...SOURCES,
	...ERRANT,
	...SEMI_SYNC,
	...INSTANCES,
	...LOGS,
];
