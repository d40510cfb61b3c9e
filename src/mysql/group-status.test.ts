import { describe, expect, it } from "vitest";
import { MANUAL_GROUP_5_7 } from "../../test/support/manual-answers.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import { groupFindings, groupOf } from "./group-status.ts";

const member = (n: number, role: string, state = "ONLINE") => ({
	member_id: `uuid-${n}`,
	host: `db${n}`,
	port: 3306,
	state,
	role,
});

const VALUES = new Map([
	["group_replication_group_name", "aaaa"],
	["group_replication_single_primary_mode", "ON"],
]);

describe("a replication group", () => {
	it("is told with its primary and the other members", () => {
		const rows = [member(1, "PRIMARY"), member(2, "SECONDARY")];
		expect(groupOf(rows, VALUES, "uuid-2")).toEqual({
			name: "aaaa",
			singlePrimary: true,
			memberState: "ONLINE",
			memberRole: "SECONDARY",
			members: ["db1:3306"],
			primary: "db1:3306",
		});
	});

	it("of several primaries has no one primary", () => {
		const values = new Map([
			...VALUES,
			["group_replication_single_primary_mode", "0"],
		]);
		expect(
			groupOf([member(1, "PRIMARY"), member(2, "PRIMARY")], values, "uuid-1"),
		).toMatchObject({
			singlePrimary: false,
			memberRole: "PRIMARY",
			members: ["db2:3306"],
			primary: "",
		});
	});

	it("is seen by a member that was expelled as itself in ERROR", () => {
		expect(groupOf([member(1, "", "ERROR")], VALUES, "uuid-1")).toMatchObject({
			name: "aaaa",
			memberState: "ERROR",
			memberRole: "",
			members: [],
			primary: "",
		});
	});

	it("is none where the plugin is loaded but does not run, or is not there", () => {
		expect(groupOf([member(1, "", "OFFLINE")], VALUES, "uuid-1")).toEqual(
			NO_GROUP,
		);
		expect(groupOf([], new Map(), "uuid-1")).toEqual(NO_GROUP);
	});

	it("names its primary by a status value on 5.7", () => {
		const uuid = "f60a3e10-f3f2-11e8-8258-080027337932";
		const values = new Map([
			...VALUES,
			["group_replication_primary_member", uuid],
		]);
		const of = (own: string) => groupOf(MANUAL_GROUP_5_7, values, own);
		expect(of(uuid)).toMatchObject({ memberRole: "PRIMARY" });
		expect(of("041f26d8-f3f3-11e8-adff-080027337932")).toMatchObject({
			memberRole: "SECONDARY",
			primary: "example2:3306",
			members: ["example2:3306", "example3:3306"],
		});
	});

	const says = (...rows: readonly ReturnType<typeof member>[]) =>
		groupFindings(rows, groupOf(rows, VALUES, "uuid-1")).map(
			(each) => each.says,
		);

	it("that lost its quorum, or a member that was expelled, is told of in words", () => {
		const gone = (n: number) => member(n, "SECONDARY", "UNREACHABLE");
		expect(says(member(1, "PRIMARY"), gone(2), gone(3))).toEqual([
			expect.stringContaining("2 of 3 members cannot be reached"),
		]);
		expect(says(member(1, "PRIMARY"), gone(2))).toEqual([
			expect.stringContaining("1 of 2 members cannot be reached"),
		]);
		expect(says(member(1, "", "ERROR"))).toEqual([
			expect.stringContaining("expelled"),
		]);
	});

	it("that still has it is not", () => {
		expect(
			says(
				member(1, "PRIMARY"),
				member(2, "SECONDARY"),
				member(3, "SECONDARY", "UNREACHABLE"),
			),
		).toEqual([]);
		expect(says(member(1, "", "OFFLINE"))).toEqual([]);
	});
});
