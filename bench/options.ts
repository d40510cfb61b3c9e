// What the bench is asked for. Pure.

import { parseArgs } from "node:util";
import type { ServerFlavor } from "../setup/locate.mjs";

const KINDS = [
	"failover",
	"hang",
	"takeover",
	"relocation",
	"probe",
	"gtid",
	"analysis",
	"cli-read",
	"discovery",
	"events",
] as const;
type Kind = (typeof KINDS)[number];

export interface BenchOptions {
	readonly kind: Kind;
	readonly flavor: ServerFlavor;
	readonly runs: number;
	readonly semiSync: boolean;
	/** Attempted writes a second. */
	readonly rate: number;
	/** One Baton for all runs; else each run has a new one, and meets its first failure. */
	readonly sharedBaton: boolean;
	/** How long a cluster is left alone, watched and under load, before anything happens. Milliseconds. */
	readonly settleMs: number;
	/** Each run waits, within bounds, until nothing else works the machine. */
	readonly whenIdle: boolean;
	/** A failover by one of two nodes, which is killed in the middle of it: no comparison, but the other node's time. */
	readonly secondNode: boolean;
	readonly jsonFile: string | undefined;
	/** How many are moved, for `relocation`. */
	readonly replicas: number;
	/** Addresses that are watched, for `discovery`. */
	readonly instances: number;
	/** How long they are, once all are known; for `events`, how long each state of the clusters lasts. */
	readonly seconds: number;
}

const USAGE = `usage: npm run bench -- <kind> [options]
  failover    the primary is killed with SIGKILL
  hang        the primary is stopped with SIGSTOP
  takeover    graceful-master-takeover-auto, under load
  relocation  replicas are moved from one source to another and back, under load
  probe       the cost of one poll, and how fast the command line starts
  discovery   the cost of watching many instances
  events      what is recorded in Temporal by the hour: with N clusters that are well, with a standing finding each, and with
              nothing reachable; and the size of its file after a month
  gtid        operations on GTID sets of 10,000 intervals
  analysis    the analysis of 2,000 clusters of 5 instances
  cli-read    commands that read a store of 10,000 instances, whole processes
options
  --flavor mysql|mariadb   default mysql
  --n N                    runs, default 20; for events the number of clusters, default 10
  --rate N                 attempted writes a second, default 200; 500 for takeover
  --no-semi-sync           asynchronous replication: writes can be lost
  --shared-baton           one Baton for all runs; by default each run has a new one, whose first failure it is
  --settle MS              time under load before the failure, default 3000
  --when-idle              each run waits until the machine is idle, a minute at most
  --second-node            for failover: the node that fails over is killed in the middle of it, another takes over
  --replicas N             for relocation: how many are moved, default 50; one by relocate, several by relocate-replicas
  --instances N            for discovery, default 500
  --seconds N              for discovery and events, default 60; events measures four times as long
  --json FILE              the runs and their summary`;

/** The command line cannot be understood. */
export class UsageError extends Error {}

/** @throws UsageError */
export const readOptions = (args: readonly string[]): BenchOptions => {
	const { values, positionals } = parsed(args);
	const [name, ...rest] = positionals;
	const kind = KINDS.find((each) => each === name);
	if (kind === undefined || rest.length > 0) throw new UsageError(USAGE);
	return {
		kind,
		flavor: flavorOf(values.flavor),
		runs: countOf("--n", values.n ?? (kind === "events" ? "10" : "20")),
		semiSync: values["no-semi-sync"] !== true,
		rate: countOf(
			"--rate",
			values.rate ?? (kind === "takeover" ? "500" : "200"),
		),
		sharedBaton: values["shared-baton"] === true,
		settleMs: countOf("--settle", values.settle),
		whenIdle: values["when-idle"] === true,
		secondNode: secondNodeOf(kind, values["second-node"] === true),
		jsonFile: values.json,
		replicas: countOf("--replicas", values.replicas),
		instances: countOf("--instances", values.instances),
		seconds: countOf("--seconds", values.seconds),
	};
};

/** @throws UsageError */
const flavorOf = (text: string): ServerFlavor => {
	if (text === "mysql" || text === "mariadb") return text;
	throw new UsageError(`--flavor is mysql or mariadb, not ${text}`);
};

const secondNodeOf = (kind: Kind, isWanted: boolean): boolean => {
	if (isWanted && kind !== "failover")
		throw new UsageError("--second-node goes with failover");
	return isWanted;
};

const parsed = (args: readonly string[]) => {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				flavor: { type: "string", default: "mysql" },
				n: { type: "string" },
				rate: { type: "string" },
				"no-semi-sync": { type: "boolean" },
				"shared-baton": { type: "boolean" },
				settle: { type: "string", default: "3000" },
				"when-idle": { type: "boolean" },
				"second-node": { type: "boolean" },
				json: { type: "string" },
				replicas: { type: "string", default: "50" },
				instances: { type: "string", default: "500" },
				seconds: { type: "string", default: "60" },
			},
		});
	} catch (error) {
		throw new UsageError(`${(error as Error).message}\n${USAGE}`);
	}
};

const countOf = (name: string, text: string): number => {
	const value = Number(text);
	if (Number.isInteger(value) && value > 0) return value;
	throw new UsageError(`${name} is a number above 0, not ${text}`);
};
