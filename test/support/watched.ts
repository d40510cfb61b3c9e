import { hearingMark } from "../../src/analysis/silence.ts";
import type { Instance } from "../../src/topology/instance.ts";
import { ClusterWatch } from "../../src/watching/cluster-watch.ts";
import {
	type KeptDeps,
	KeptInstance,
} from "../../src/watching/kept-instance.ts";
import type { StoreView } from "../../src/watching/store-view.ts";
import { NOW } from "./made-up-servers.ts";

// Instances as if a watcher had checked them: no server is asked for anything.

export const VIEW: StoreView = {
	clusterName: "p:3306",
	alias: "shop",
	domain: "",
	downtimes: [],
	rules: new Map(),
	maintained: [],
	mappedAlias: "",
	aliasHolders: new Map(),
	mayAct: true,
};

const never = (): never => {
	throw new Error("nothing is asked in these tests");
};

export const NOBODY: KeptDeps = {
	servers: { open: never, refusesLogin: never, probe: never, look: never },
	nowMs: () => NOW,
	onChecked: never,
	onHanging: never,
	onSlow: never,
	onLost: never,
};

export const kept = (latest: Instance): KeptInstance => {
	const made = new KeptInstance(latest, NOBODY);
	made.silence = { mark: hearingMark(latest), sinceMs: NOW - 3_000 };
	made.isDatedHere = latest.flavor === "MariaDB";
	return made;
};

export const clusterOf = (...instances: Instance[]): ClusterWatch => {
	const cluster = new ClusterWatch("c", VIEW);
	for (const each of instances) cluster.add(kept(each));
	return cluster;
};

export const sees = (cluster: ClusterWatch, instance: Instance): void => {
	const member = cluster.members.get(instance.name);
	if (member !== undefined) member.latest = instance;
};
