import { expect, it } from "vitest";
import { gtids, replica, uuid } from "../../../test/support/made-up-servers.ts";
import { withoutErrant } from "./without-errant.ts";

it("is all that was received where nothing is errant", () => {
	expect(
		withoutErrant(
			replica("a", 2, { executedGtid: gtids(5) }, { retrievedGtid: gtids(9) }),
		),
	).toBe(gtids(9));
});

it("leaves a replica's own transactions out", () => {
	const errantGtid = `${uuid(2)}:1-3`;
	const errant = replica("a", 2, {
		executedGtid: `${gtids(100)},${errantGtid}`,
		errantGtid,
	});
	expect(withoutErrant(errant)).toBe(gtids(100));
});

it.each<[string, string, string, string, string, string]>([
	[
		"the furthest of the others",
		"0-2-103",
		"0-1-100,0-2-103",
		"",
		"0-2-103",
		"0-1-100",
	],
	[
		"what is in the relay log",
		"0-2-103",
		"0-1-100,0-2-103",
		"0-1-110",
		"0-2-103",
		"0-1-110",
	],
	[
		"other domains",
		"0-2-103,1-1-7",
		"0-1-100,0-2-103,1-1-7",
		"",
		"0-2-103",
		"0-1-100,1-1-7",
	],
	["nothing where the log has nothing else", "0-2-3", "0-2-3", "", "0-2-3", ""],
])(
	"tells of a MariaDB replica %s",
	(_, executedGtid, binlogGtidState, retrievedGtid, errantGtid, clean) => {
		const errant = replica(
			"a",
			2,
			{ flavor: "MariaDB", executedGtid, binlogGtidState, errantGtid },
			{ retrievedGtid },
		);
		expect(withoutErrant(errant)).toBe(clean);
	},
);
