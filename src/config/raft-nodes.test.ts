import { expect, test } from "vitest";
import { refuseSeparateNodes } from "./raft-nodes.ts";

const THREE = {
	RaftEnabled: true,
	RaftNodes: ["n1", "n2:10008", "n3"],
	BackendDB: "mysql",
	MySQLOrchestratorHost: "store",
};
const TEMPORAL = "temporal:7233";
const HERE = ["127.0.0.1:10008", "127.0.0.1:10009"];

test.each([
	["one node", { ...THREE, RaftNodes: ["n1"] }, undefined],
	[
		"one node under two spellings",
		{ ...THREE, RaftNodes: ["N1", "n1"] },
		undefined,
	],
	["no raft", { ...THREE, RaftEnabled: false, BackendDB: "sqlite" }, undefined],
	["three that share Temporal and store", THREE, TEMPORAL],
	[
		"two on one machine",
		{ ...THREE, RaftNodes: HERE, MySQLOrchestratorHost: "127.0.0.1" },
		"[::1]:7233",
	],
])("%s may start", (_, config, temporal) => {
	refuseSeparateNodes(config, temporal);
});

test.each([
	["no Temporal is named", THREE, undefined, "no BatonTemporalAddress"],
	[
		"the store is a file",
		{ ...THREE, BackendDB: "sqlite3" },
		TEMPORAL,
		"BackendDB sqlite3",
	],
	["Temporal is each one's own", THREE, "localhost:7233", "at localhost:7233"],
	[
		"the store is each one's own",
		{ ...THREE, MySQLOrchestratorHost: "127.0.0.1" },
		TEMPORAL,
		"a store at 127.0.0.1",
	],
	[
		"they are on one machine, with a file",
		{ ...THREE, RaftNodes: HERE, BackendDB: "sqlite" },
		"127.0.0.1:7233",
		"BackendDB sqlite",
	],
])("several may not where %s", (_, config, temporal, says) => {
	expect(() => refuseSeparateNodes(config, temporal)).toThrow(
		expect.objectContaining({
			code: "BadConfiguration",
			message: expect.stringContaining(says),
		}),
	);
});
