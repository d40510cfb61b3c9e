import { describe, expect, it } from "vitest";
import { MANUAL_ANSWERS } from "../../test/support/manual-answers.ts";
import { binlogServerFrom } from "./binlog-server.ts";
import { ServerFault } from "./driver-error.ts";

// MaxScale does not run here: these are the statements and answers of its binlog router as its documentation has them.
const refused = new ServerFault("refused-by-server", "not understood", 1064);
const answers = {
	serverId: [{ "@@global.server_id": "93" }],
	replicaStatus: [MANUAL_ANSWERS["5.7.44"].status],
	binaryLog: [{ File: "mysql-bin.000007", Position: "4711" }],
	replicas: [{ Server_id: 3, Host: "db3", Port: 3306, Master_id: 93 }],
};
const TIMES = { startedAtMs: 5, endedAtMs: 8 };

describe("a MaxScale binlog server", () => {
	it("is a read-only relay without data of its own", () => {
		expect(
			binlogServerFrom("relay:3306", "2.5.27", answers, TIMES),
		).toMatchObject({
			version: "2.5.27-maxscale",
			flavor: "MaxScale",
			isBinlogServer: true,
			serverId: 93,
			serverUuid: "",
			readOnly: true,
			logBin: true,
			logReplicaUpdates: true,
			binlogFormat: "INHERIT",
			selfCoordinates: { file: "mysql-bin.000007", position: 4711 },
			replication: { sourceHost: "db1.example", sourcePort: 3306 },
			replicas: ["db3:3306"],
			check: { outcome: "ok", latencyMs: 3 },
		});
	});

	it("without a source, or that does not tell, fails the check", () => {
		for (const replicaStatus of [[], refused])
			expect(() =>
				binlogServerFrom(
					"relay:3306",
					"2.5.27",
					{ ...answers, replicaStatus },
					TIMES,
				),
			).toThrow(ServerFault);
	});
});
