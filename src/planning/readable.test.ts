import { expect, it } from "vitest";
import {
	gtids,
	replica,
	replicating,
	server,
} from "../../test/support/made-up-servers.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { readable, withoutUnreadable } from "./readable.ts";

const failed = server("p", 1);
const a = replica("a", 2);

it.each<[string, Partial<Instance>]>([
	["tells nonsense", { executedGtid: "no gtid" }],
	["is of the other family", { flavor: "MariaDB", executedGtid: "0-1-5" }],
	[
		"tells that it received nonsense",
		{ replication: replicating("p", { retrievedGtid: "\0" }) },
	],
	[
		"tells nonsense of another channel",
		{ otherChannels: [replicating("q", { retrievedGtid: "0-1-5" })] },
	],
])("a replica that %s counts as one that cannot be reached", (_, rest) => {
	const odd = replica("z", 3, rest);
	for (const source of [failed, { ...failed, version: "" }]) {
		const [first, second] = readable(source, [a, odd]);
		expect(first).toBe(a);
		expect(second && isLastCheckValid(second)).toBe(false);
		expect(second?.check.error).toContain("cannot be read");
	}
});

it("what a dead primary told that cannot be read is not known", () => {
	expect(withoutUnreadable({ ...failed, executedGtid: "no gtid" })).toEqual({
		...failed,
		executedGtid: "",
	});
	expect(withoutUnreadable(failed).executedGtid).toBe(gtids(100));
});
