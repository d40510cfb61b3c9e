import { expect, test } from "vitest";
import { adjustAfterFile } from "./adjust.ts";
import { type Configuration, documentedDefaults, withValues } from "./keys.ts";

const files: Readonly<Record<string, string>> = {
	good: "[client]\nuser=file\npassword=$" + "{SECRET}",
	onlyUser: "[client]\nuser=file",
	bad: "[mysql]",
};

const adjust = (values: Partial<Configuration>, warnings: string[] = []) =>
	adjustAfterFile(withValues(documentedDefaults(), values), "f.json", {
		variable: (name) => ({ SECRET: "from-env" })[name],
		readText: (file) => {
			const text = files[file];
			if (text === undefined) throw new Error("no such file");
			return text;
		},
		warn: (line) => warnings.push(line),
	});

test.each<[Partial<Configuration>, string]>([
	[{ MySQLTopologyCredentialsConfigFile: "none" }, "no such file"],
	[{ MySQLOrchestratorCredentialsConfigFile: "bad" }, "only the section"],
	[{ ReplicationLagQuery: "a", SlaveLagQuery: "b" }, "SlaveLagQuery"],
	[
		{
			FailMasterPromotionIfSQLThreadNotUpToDate: true,
			DelayMasterPromotionIfSQLThreadNotUpToDate: true,
		},
		"cannot both be true",
	],
	[{ FailMasterPromotionOnLagMinutes: 1 }, "ReplicationLagQuery"],
	[
		{
			PostponeReplicaRecoveryOnLagMinutes: 1,
			PostponeSlaveRecoveryOnLagMinutes: 2,
		},
		"synonyms",
	],
	[{ BackendDB: "sqlite3" }, "SQLite3DataFile"],
	[{ RaftEnabled: true }, "RaftDataDir"],
	[{ RaftEnabled: true, RaftDataDir: "d", RaftBind: "" }, "RaftBind"],
	[{ HTTPAdvertise: "1.2.3.4:3000" }, "is not a URL"],
	[{ HTTPAdvertise: "//host:3000" }, "must include a scheme"],
	[{ HTTPAdvertise: "host" }, "must include a scheme"],
	[{ HTTPAdvertise: "host:3000" }, "must include a host name"],
	[{ HTTPAdvertise: "http://:3000" }, "must include a host name"],
	[{ HTTPAdvertise: "http://host" }, "must include a port"],
	[{ HTTPAdvertise: "http://host:port" }, "port must be a number"],
	[{ HTTPAdvertise: "http://host:3000/" }, "must not include a path"],
])("%o is refused", (values, message) => {
	expect(() => adjust(values)).toThrow(message);
});

test.each<[Partial<Configuration>, Partial<Configuration>]>([
	[
		{ RecoveryPeriodBlockSeconds: 0, RecoveryPeriodBlockMinutes: 2 },
		{ RecoveryPeriodBlockSeconds: 120 },
	],
	[{ RecoveryPeriodBlockMinutes: 2 }, { RecoveryPeriodBlockSeconds: 3600 }],
	[{ SlaveLagQuery: "q" }, { ReplicationLagQuery: "q", SlaveLagQuery: "" }],
	[
		{ SlaveLagQuery: "q", FailMasterPromotionOnLagMinutes: 1 },
		{ ReplicationLagQuery: "q" },
	],
	[{}, { DetachLostReplicasAfterMasterFailover: true }],
	[
		{ DetachLostSlavesAfterMasterFailover: false },
		{ DetachLostReplicasAfterMasterFailover: false },
	],
	[
		{ MasterFailoverDetachSlaveMasterHost: true },
		{ MasterFailoverDetachReplicaMasterHost: true },
	],
	[
		{ PostponeSlaveRecoveryOnLagMinutes: 3 },
		{ PostponeReplicaRecoveryOnLagMinutes: 3 },
	],
	[{ URLPrefix: "" }, { URLPrefix: "" }],
	[{ URLPrefix: "//a/b//" }, { URLPrefix: "/a/b" }],
	[{ URLPrefix: "/" }, { URLPrefix: "/" }],
	[{ RaftBind: "b" }, { RaftAdvertise: "b" }],
	[{ RaftBind: "b", RaftAdvertise: "a" }, { RaftAdvertise: "a" }],
	[{}, { KVClusterMasterPrefix: "mysql/master/" }],
	[{ KVClusterMasterPrefix: "a///" }, { KVClusterMasterPrefix: "a/" }],
	[{ KVClusterMasterPrefix: "" }, { KVClusterMasterPrefix: "/" }],
	[
		{ AutoPseudoGTID: true },
		{ PseudoGTIDMonotonicHint: "asc:", DetectPseudoGTIDQuery: "select 1" },
	],
	[{ ConsulMaxKVsPerTransaction: 1 }, { ConsulMaxKVsPerTransaction: 5 }],
	[{ ConsulMaxKVsPerTransaction: 99 }, { ConsulMaxKVsPerTransaction: 64 }],
	[
		{ ReasonableReplicationLagSeconds: 7 },
		{ ReasonableLockedSemiSyncMasterSeconds: 7 },
	],
	[
		{ InstanceWriteBufferSize: 0, BufferInstanceWrites: true },
		{ BufferInstanceWrites: true },
	],
	[
		{
			InstanceWriteBufferSize: 0,
			BufferInstanceWrites: true,
			HTTPAdvertise: "http://h:1?q",
		},
		{ BufferInstanceWrites: false },
	],
	[
		{ MySQLTopologyUser: "u", MySQLTopologyCredentialsConfigFile: "good" },
		{ MySQLTopologyUser: "file", MySQLTopologyPassword: "from-env" },
	],
	[
		{
			MySQLTopologyPassword: "p",
			MySQLTopologyCredentialsConfigFile: "onlyUser",
		},
		{ MySQLTopologyPassword: "" },
	],
	[
		{ MySQLOrchestratorPassword: "a$" + "{SECRET}b" },
		{ MySQLOrchestratorPassword: "from-env" },
	],
	[{ MySQLTopologyPassword: "$SECRET" }, { MySQLTopologyPassword: "$SECRET" }],
	[
		{ MySQLTopologyUser: "$" + "{SECRET}" },
		{ MySQLTopologyUser: "$" + "{SECRET}" },
	],
])("%o becomes %o", (values, expected) => {
	expect(adjust(values)).toMatchObject(expected);
});

test("a variable that is not set is named, what cannot be a variable is not", () => {
	const warnings: string[] = [];
	const reference = "$" + "{ABSENT}";
	expect(
		adjust({ MySQLTopologyPassword: reference }, warnings)
			.MySQLTopologyPassword,
	).toBe("");
	adjust({ MySQLTopologyPassword: reference + reference }, warnings);
	expect(warnings[0]).toContain("variable ABSENT");
	expect(warnings[1]).not.toContain("ABSENT");
});
