import fc from "fast-check";
import type { PlanSettings } from "../../src/planning/plan.ts";
import {
	type Flavor,
	type Instance,
	NO_REPLICATION,
	type ThreadState,
} from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import {
	anyCluster,
	type Often,
	oftenBy,
	semiSyncBy,
	semiSyncOf,
} from "./made-up-clusters.ts";
import { failing, replicating, server, uuid } from "./made-up-servers.ts";

// A primary `old` that was replaced by `p` and is back, for property tests.

/** The number of its server id and of its UUID. */
const OLD = 9;
/** How far `p` came: with what `old` had written, on MariaDB. */
const LAST = 22;

export interface DrawnReturn {
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	/** `old` as it is by the time that it is closed: it took writes until then. */
	readonly atClose: Instance;
	/** Then it has transactions that `p` lacks: known by how it was drawn, not by any GTID set. */
	readonly hasExtra: boolean;
}

interface History {
	/** What `old` had written before `p` took over: both have it. */
	readonly shared: number;
	/** What `old` has of what `p` wrote since. */
	readonly followed: number;
	/** What `old` alone has written. */
	readonly own: number;
}

const setsOf = (
	{ shared, followed, own }: History,
	flavor: Flavor,
	isBelow: boolean,
): Partial<Instance> => {
	if (flavor === "MariaDB") {
		const fromNew = `0-1-${shared + followed}`;
		const last = `0-${OLD}-${shared + followed + own}`;
		const written = own > 0 ? last : `0-${OLD}-${shared}`;
		return {
			executedGtid: own > 0 || followed === 0 ? written : fromNew,
			binlogGtidState: followed > 0 ? `${written},${fromNew}` : written,
			errantGtid: own > 0 && isBelow ? last : "",
		};
	}
	const fromNew = followed > 0 ? `,${uuid(1)}:1-${followed}` : "";
	return {
		executedGtid: `${uuid(OLD)}:1-${shared + own}${fromNew}`,
		errantGtid:
			own > 0 && isBelow
				? `${uuid(OLD)}:${shared + 1}${own > 1 ? `-${shared + own}` : ""}`
				: "",
	};
};

const primarySets = ({ shared }: History, flavor: Flavor): Partial<Instance> =>
	flavor === "MariaDB"
		? {
				executedGtid: `0-1-${LAST}`,
				binlogGtidState: `0-${OLD}-${shared},0-1-${LAST}`,
			}
		: { executedGtid: `${uuid(1)}:1-${LAST},${uuid(OLD)}:1-${shared}` };

const oldOf = (often: Often) =>
	fc.record({
		shared: fc.integer({ min: 1, max: 12 }),
		followed: fc.constantFrom(0, 0, 4, 10),
		own: fc.constantFrom(0, 0, 0, 1, 3),
		late: fc.constantFrom(0, 0, 0, 2),
		isOpen: fc.boolean(),
		source: fc.constantFrom("", "", "p", "elsewhere"),
		receiver: often<ThreadState>(1, 0, 2),
		user: often("repl", ""),
		second: often(false, true),
		version: often("", "8.0.36", "9.0.1"),
		isReachable: often(true, false),
		semiSync: semiSyncBy(often),
	});

type DrawnOld =
	ReturnType<typeof oldOf> extends fc.Arbitrary<infer T> ? T : never;

const made = (drawn: DrawnOld, flavor: Flavor, history: History): Instance =>
	server("old", OLD, {
		flavor,
		version: flavor === "MariaDB" ? "10.11.6" : drawn.version || "8.4.3",
		supportsOracleGtid: flavor !== "MariaDB",
		readOnly: !drawn.isOpen,
		...setsOf(history, flavor, drawn.source === "p"),
		semiSync: semiSyncOf(drawn.semiSync),
		replication:
			drawn.source === ""
				? NO_REPLICATION
				: replicating(drawn.source, {
						receiver: drawn.receiver,
						user: drawn.user,
						retrievedGtid: "",
						usingOracleGtid: flavor !== "MariaDB",
						usingMariadbGtid: flavor === "MariaDB",
					}),
		otherChannels:
			drawn.second && drawn.source !== ""
				? [replicating("third", { channel: "zz", retrievedGtid: "" })]
				: [],
		...(drawn.isReachable ? {} : { check: failing("timeout") }),
	});

const newOf = (often: Often) =>
	fc.record({
		isReachable: fc.constantFrom(true, true, true, false),
		readOnly: often(false, true),
		source: often("", "_", "elsewhere"),
		purged: often("", `${uuid(OLD)}:1`, `${uuid(1)}:1-5`),
	});

type DrawnNew =
	ReturnType<typeof newOf> extends fc.Arbitrary<infer T> ? T : never;

const replaced = (
	primary: Instance,
	drawn: DrawnNew,
	history: History,
): Instance => ({
	...primary,
	...primarySets(history, primary.flavor),
	readOnly: drawn.readOnly,
	purgedGtid: primary.flavor === "MariaDB" ? "" : drawn.purged,
	...(drawn.source === ""
		? {}
		: {
				replication: replicating(
					drawn.source,
					drawn.source === "_"
						? { receiver: 0, applier: 0, retrievedGtid: "" }
						: { retrievedGtid: "" },
				),
			}),
	...(drawn.isReachable ? {} : { check: failing("lost") }),
});

/** @param usual how many times as often its servers are as usual than odd, in each respect */
export const anyReturn = (usual: number): fc.Arbitrary<DrawnReturn> => {
	const often = oftenBy(usual);
	return fc
		.record({
			cluster: anyCluster(false, usual),
			old: oldOf(often),
			primary: newOf(often),
			clusterName: often<InstanceName>("p:3306", "old:3306"),
			unaccounted: fc.constantFrom<InstanceName[]>([], [], ["old:3306"]),
		})
		.map(({ cluster: { snapshot, settings }, old, ...drawn }) => {
			const [primary, ...replicas] = snapshot.instances;
			if (primary === undefined) throw new Error("a cluster without primary");
			const { flavor } = primary;
			const late = old.isOpen ? old.late : 0;
			return {
				settings,
				hasExtra: old.own + late > 0,
				atClose: made(old, flavor, { ...old, own: old.own + late }),
				snapshot: {
					...snapshot,
					clusterName: drawn.clusterName,
					unaccounted: drawn.unaccounted,
					instances: [
						replaced(primary, drawn.primary, old),
						made(old, flavor, old),
						...replicas,
					],
				},
			};
		});
};
