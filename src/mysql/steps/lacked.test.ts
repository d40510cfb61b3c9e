import { describe, expect, test } from "vitest";
import {
	type Instance,
	NO_REPLICATION,
	type Replication,
	unknownInstance,
} from "../../topology/instance.ts";
import { isComing, lackedBy } from "./lacked.ts";

const A = "aaaaaaaa-0000-0000-0000-000000000000";
const B = "bbbbbbbb-0000-0000-0000-000000000000";
const C = "cccccccc-0000-0000-0000-000000000000";

const channel = (given: Partial<Replication> = {}): Replication => ({
	...NO_REPLICATION,
	sourceHost: "db1",
	sourcePort: 3306,
	receiver: 1,
	applier: 1,
	...given,
});

const server = (host: string, given: Partial<Instance> = {}): Instance => ({
	...unknownInstance(host, 3306),
	flavor: "MySQL",
	replication: channel(),
	...given,
});

const lacks = (
	source: Instance,
	replica: Instance,
	errant = "",
	of: Replication = replica.replication,
) => lackedBy(source, { replica, channel: of, errant }).goal;

describe("what a MySQL source lacks of what a replica has", () => {
	const source = server("db2", { executedGtid: `${A}:1-10` });

	test("counts what was received and not applied", () => {
		const replica = server("db3", {
			serverUuid: C,
			executedGtid: `${A}:1-9`,
			replication: channel({ retrievedGtid: `${A}:8-12` }),
		});
		expect(lacks(source, replica)).toBe(`${A}:11-12`);
	});

	test("does not count a replica's own, nor what is known to be errant", () => {
		const replica = server("db3", {
			serverUuid: C.toUpperCase(),
			executedGtid: `${A}:1-10,${B}:1-2,${C}:1-5`,
		});
		expect(lacks(source, replica)).toBe(`${B}:1-2`);
		expect(lacks(source, replica, `${B}:1-2`)).toBe("");
	});

	test("counts the own ones of a server that replicated from nobody", () => {
		const former = server("db1", {
			serverUuid: A,
			executedGtid: `${A}:1-11`,
			replication: NO_REPLICATION,
		});
		expect(lacks(source, former)).toBe(`${A}:11`);
	});

	test("counts of a server with several sources what this channel brought", () => {
		const other = channel({
			channel: "two",
			sourceHost: "db9",
			retrievedGtid: `${B}:1-7`,
		});
		const replica = server("db3", {
			serverUuid: C,
			executedGtid: `${A}:1-10,${B}:1-7`,
			replication: channel({ retrievedGtid: `${A}:5-10` }),
			otherChannels: [other],
		});
		expect(lacks(source, replica)).toBe("");
		expect(lacks(source, replica, "", other)).toBe(`${B}:1-7`);
	});
});

describe("what a MariaDB source lacks of what a replica has", () => {
	const source = server("db2", {
		flavor: "MariaDB",
		serverId: 2,
		executedGtid: "0-2-20",
		binlogGtidState: "0-1-12,0-2-20",
	});
	const replica = (given: Partial<Instance>) =>
		server("db3", { flavor: "MariaDB", serverId: 3, ...given });

	test("is seen behind its position too", () => {
		expect(
			lacks(
				source,
				replica({ executedGtid: "0-1-15", binlogGtidState: "0-1-15" }),
			),
		).toBe("0-1-15");
		expect(
			lacks(
				source,
				replica({ executedGtid: "0-1-12", binlogGtidState: "0-1-12" }),
			),
		).toBe("");
	});

	test("counts what was received, and domain by domain", () => {
		expect(
			lacks(
				source,
				replica({
					executedGtid: "0-2-20,1-9-4",
					binlogGtidState: "0-2-20,1-9-4",
					replication: channel({ retrievedGtid: "0-2-22" }),
				}),
			),
		).toBe("0-2-22,1-9-4");
	});

	test("does not count the replica's own, nor what is known to be errant", () => {
		const one = replica({
			executedGtid: "0-2-20,7-3-1,8-9-1",
			binlogGtidState: "0-2-20,7-3-1,8-9-1",
		});
		expect(lacks(source, one)).toBe("8-9-1");
		expect(lacks(source, one, "8-9-1")).toBe("");
	});
});

describe("a source that lacks something", () => {
	const lacked = { goal: `${A}:11`, says: `${A}:11` };
	const has = (given: Partial<Replication>) =>
		isComing(
			server("db2", {
				executedGtid: `${A}:1-10`,
				replication: channel(given),
			}),
			lacked,
		);

	test("comes to it while it receives, or when it has received it, and applies", () => {
		expect(has({})).toBe(true);
		expect(has({ receiver: 0, retrievedGtid: `${A}:11` })).toBe(true);
	});

	test("does not when it neither receives nor has received it, or does not apply", () => {
		expect(has({ receiver: 0 })).toBe(false);
		expect(has({ applier: 0 })).toBe(false);
		expect(
			isComing(server("db2", { replication: NO_REPLICATION }), lacked),
		).toBe(false);
	});
});
