import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { server } from "../../../test/support/made-up-servers.ts";
import { type Instance, unknownInstance } from "../instance.ts";
import { doubtfulAgainst, errantAgainst, extraOf } from "./errant.ts";
import { contains, missing } from "./gtid.ts";

const P = "00000000-0000-0000-0000-00000000000a";
const S = "00000000-0000-0000-0000-00000000000b";
const R = "00000000-0000-0000-0000-00000000000c";
const mysql = (host: string, serverUuid: string, executedGtid: string) =>
	server(host, 1, { serverUuid, executedGtid });
const mariadb = (
	host: string,
	serverId: number,
	executedGtid: string,
	binlogGtidState: string,
) =>
	server(host, serverId, { flavor: "MariaDB", executedGtid, binlogGtidState });

it.each<[string, Instance, Instance]>([
	["MySQL", mysql("r", R, `${R}:3-x-4`), mysql("s", S, `${P}:1-9`)],
	["MySQL", mysql("r", R, `${R}:1-3`), mysql("s", S, "\0")],
	["MariaDB", mariadb("r", 2, "0-2-x", ""), mariadb("s", 1, "0-1-9", "")],
	["MariaDB", mariadb("r", 2, "0-2-9", ""), mariadb("s", 1, "0-1", "?")],
])(
	"a set of %s that cannot be read is unknown, not an error",
	(_, replica, source) => {
		expect(errantAgainst(replica, source)).toBe("");
		// What is decided by it is refused all the same.
		expect(() => extraOf(replica, source)).toThrow(/malformed/);
	},
);

describe("errantAgainst on MySQL", () => {
	const source = {
		...mysql("s", S, `${P}:1-90,${S}:1-2`),
		ancestryUuid: `${P},${S}`,
	};

	it("finds local writes, and does not blame a source that was looked at earlier", () => {
		const replica = mysql("r", R, `${P}:1-100,${S}:1-5,${R}:1-3`);
		expect(errantAgainst(replica, source)).toBe(`${R}:1-3`);
	});

	it("finds those of a former primary that its new source still has as an ancestor", () => {
		const former = mysql("r", P, `${P}:1-91`);
		expect(errantAgainst(former, source)).toBe(`${P}:91`);
	});

	it("is silent when the local writes are on the source", () => {
		const replica = mysql("r", R, `${R}:1-3`);
		expect(
			errantAgainst(replica, { ...source, executedGtid: `${R}:1-3` }),
		).toBe("");
	});

	it("does not count a co-primary's own transactions, which its source gets later", () => {
		const replica = {
			...mysql("r", R, `${P}:1-90,${R}:1-3`),
			isCoMaster: true,
		};
		expect(errantAgainst(replica, source)).toBe("");
	});

	it("finds only what the replica has, the source lacks, and no server above it wrote", () => {
		const sets = fc
			.array(
				fc.record({
					origin: fc.constantFrom(P, S, R, `${R}:tag`, `${S}:tag`),
					first: fc.integer({ min: 1, max: 20 }),
					length: fc.integer({ min: 0, max: 5 }),
				}),
				{ minLength: 1, maxLength: 6 },
			)
			.map((all) =>
				all
					.map((p) => `${p.origin}:${p.first}-${p.first + p.length}`)
					.join(","),
			);
		fc.assert(
			fc.property(sets, sets, (onReplica, onSource) => {
				const errant = errantAgainst(mysql("r", R, onReplica), {
					...source,
					executedGtid: onSource,
				});
				const rest = missing("mysql", onSource, onReplica);
				expect(contains("mysql", rest, errant)).toBe(true);
				// What is left are transactions that the servers above originated, tagged or not.
				const others = missing("mysql", errant, rest);
				expect(others).not.toContain(R);
				expect(errant).not.toContain(P);
				expect(errant).not.toContain(S);
			}),
		);
	});

	it("counts tagged transactions of its own", () => {
		const replica = mysql("r", R, `${P}:1-9:app:1-4,${R}:app:1`);
		expect(errantAgainst(replica, source)).toBe(`${R}:app:1`);
	});

	it("finds all of its own below a source that has committed nothing", () => {
		const replica = mysql("r", R, `${R}:1`);
		expect(errantAgainst(replica, mysql("s", S, ""))).toBe(`${R}:1`);
		expect(errantAgainst(mysql("r", R, `${S}:1-9`), mysql("s", S, ""))).toBe(
			"",
		);
	});

	it("knows nothing below a source without GTIDs, or one that was never seen", () => {
		const replica = mysql("r", R, `${R}:1`);
		const without = {
			...mysql("s", S, ""),
			gtidMode: "OFF",
			supportsOracleGtid: false,
		};
		expect(errantAgainst(replica, without)).toBe("");
		expect(errantAgainst(replica, unknownInstance("s", 3306))).toBe("");
	});
});

describe("errantAgainst on MariaDB", () => {
	const source = mariadb("s", 1, "0-1-90", "0-1-90");

	it("finds local writes and leaves the source's later ones alone", () => {
		const replica = mariadb("r", 3, "0-1-100", "0-1-100,0-3-91");
		expect(errantAgainst(replica, source)).toBe("0-3-91");
	});

	it("leaves the writes of servers further up alone when they are given", () => {
		const replica = mariadb("r", 3, "0-9-95", "0-9-95");
		const top = mariadb("p", 9, "0-9-99", "0-9-99");
		expect(errantAgainst(replica, source, [top])).toBe("");
		expect(errantAgainst(replica, source)).toBe("0-9-95");
	});

	it("finds local writes below a source that has committed nothing, and none below a binlog server", () => {
		const replica = mariadb("r", 3, "0-1-100,7-3-4", "0-1-100,7-3-4");
		const fresh = mariadb("s", 1, "", "");
		expect(errantAgainst(replica, fresh)).toBe("7-3-4");
		expect(doubtfulAgainst(replica, fresh)).toBe("");
		for (const source of [
			{ ...fresh, logBin: false },
			{ ...mysql("s", S, ""), flavor: "MaxScale", supportsOracleGtid: false },
			mysql("s", S, ""),
		] satisfies Instance[]) {
			expect(errantAgainst(replica, source)).toBe("");
			expect(doubtfulAgainst(replica, source)).toBe("");
		}
	});
});

describe("doubtfulAgainst", () => {
	const replica = mariadb("r", 3, "0-3-91", "0-1-90,0-3-91");

	it("is what the source stands beyond and has logged nothing like", () => {
		const source = mariadb("s", 1, "0-1-95", "0-1-95");
		expect(errantAgainst(replica, source)).toBe("");
		expect(doubtfulAgainst(replica, source)).toBe("0-3-91");
	});

	it("is nothing that is known to be errant, or known not to be", () => {
		expect(doubtfulAgainst(replica, mariadb("s", 1, "0-1-90", "0-1-90"))).toBe(
			"",
		);
		expect(
			doubtfulAgainst(replica, mariadb("s", 1, "0-1-95", "0-1-95,0-3-91")),
		).toBe("");
		expect(
			doubtfulAgainst(mysql("r", R, `${R}:1`), mysql("s", S, `${S}:1`)),
		).toBe("");
	});
});

describe("extraOf", () => {
	it("finds what only the returning primary committed, whoever wrote it", () => {
		expect(
			extraOf(
				mysql("old", P, `${P}:1-101,${S}:1`),
				mysql("new", S, `${P}:1-100,${S}:1-50`),
			),
		).toBe(`${P}:101`);
		expect(
			extraOf(
				mariadb("old", 1, "0-1-101", "0-1-101"),
				mariadb("new", 2, "0-2-150", "0-1-100,0-2-150"),
			),
		).toBe("0-1-101");
	});

	it("is empty when the new primary has it all", () => {
		expect(
			extraOf(
				mariadb("old", 1, "0-1-100", "0-1-100"),
				mariadb("new", 2, "0-2-150", "0-1-100,0-2-150"),
			),
		).toBe("");
	});
});
