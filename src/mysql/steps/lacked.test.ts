import { describe, expect, test } from "vitest";
import {
	replica,
	replicating,
	server,
} from "../../../test/support/made-up-servers.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { isComing, lackedBy } from "./lacked.ts";

const A = "aaaaaaaa-0000-0000-0000-000000000000";
const B = "bbbbbbbb-0000-0000-0000-000000000000";
const C = "cccccccc-0000-0000-0000-000000000000";

/** Replicates from db1. */
const below = (
	host: string,
	given: Partial<Instance> = {},
	channel: Partial<Replication> = {},
): Instance =>
	replica(host, Number(host.at(-1)), given, {
		sourceHost: "db1",
		retrievedGtid: "",
		...channel,
	});

const lacks = (
	source: Instance,
	holder: Instance,
	errant = "",
	of: Replication = holder.replication,
) => lackedBy(source, { replica: holder, channel: of, errant }).goal;

describe("what a MySQL source lacks of what a replica has", () => {
	const source = below("db2", { executedGtid: `${A}:1-10` });

	test("counts what was received and not applied", () => {
		const holder = below(
			"db3",
			{
				serverUuid: C,
				executedGtid: `${A}:1-9`,
			},
			{ retrievedGtid: `${A}:8-12` },
		);
		expect(lacks(source, holder)).toBe(`${A}:11-12`);
	});

	test("does not count a replica's own, nor what is known to be errant", () => {
		const holder = below("db3", {
			serverUuid: C.toUpperCase(),
			executedGtid: `${A}:1-10,${B}:1-2,${C}:1-5`,
		});
		expect(lacks(source, holder)).toBe(`${B}:1-2`);
		expect(lacks(source, holder, `${B}:1-2`)).toBe("");
	});

	test("counts the own ones of a server that replicated from nobody", () => {
		const former = server("db1", 1, {
			serverUuid: A,
			executedGtid: `${A}:1-11`,
		});
		expect(lacks(source, former)).toBe(`${A}:11`);
	});

	test("counts of a server with several sources what this channel brought", () => {
		const other = replicating("db9", {
			channel: "two",
			retrievedGtid: `${B}:1-7`,
		});
		const holder = below(
			"db3",
			{
				serverUuid: C,
				executedGtid: `${A}:1-10,${B}:1-7`,
				otherChannels: [other],
			},
			{ retrievedGtid: `${A}:5-10` },
		);
		expect(lacks(source, holder)).toBe("");
		expect(lacks(source, holder, "", other)).toBe(`${B}:1-7`);
	});
});

describe("what a MariaDB source lacks of what a replica has", () => {
	const source = below("db2", {
		flavor: "MariaDB",
		serverId: 2,
		executedGtid: "0-2-20",
		binlogGtidState: "0-1-12,0-2-20",
	});
	const holder = (
		given: Partial<Instance>,
		channel: Partial<Replication> = {},
	) => below("db3", { flavor: "MariaDB", ...given }, channel);

	test("is seen behind its position too", () => {
		expect(
			lacks(
				source,
				holder({ executedGtid: "0-1-15", binlogGtidState: "0-1-15" }),
			),
		).toBe("0-1-15");
		expect(
			lacks(
				source,
				holder({ executedGtid: "0-1-12", binlogGtidState: "0-1-12" }),
			),
		).toBe("");
	});

	test("counts what was received, and domain by domain", () => {
		expect(
			lacks(
				source,
				holder(
					{
						executedGtid: "0-2-20,1-9-4",
						binlogGtidState: "0-2-20,1-9-4",
					},
					{ retrievedGtid: "0-2-22" },
				),
			),
		).toBe("0-2-22,1-9-4");
	});

	test("does not count the replica's own, nor what is known to be errant", () => {
		const one = holder({
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
		isComing(below("db2", { executedGtid: `${A}:1-10` }, given), lacked);

	test("comes to it while it receives, or when it has received it, and applies", () => {
		expect(has({})).toBe(true);
		expect(has({ receiver: 0, retrievedGtid: `${A}:11` })).toBe(true);
	});

	test("does not when it neither receives nor has received it, or does not apply", () => {
		expect(has({ receiver: 0 })).toBe(false);
		expect(has({ applier: 0 })).toBe(false);
		expect(
			isComing(server("db2", 2, { executedGtid: `${A}:1-10` }), lacked),
		).toBe(false);
	});
});
