import { describe, expect, it } from "vitest";
import { gtids, server, uuid } from "../../../test/support/made-up-servers.ts";
import type { Instance } from "../instance.ts";
import { ownLacked } from "./own-lacked.ts";

describe("what a server has committed itself and lacks", () => {
	it("is told on MySQL by its UUID", () => {
		const source = server("n", 2, {
			executedGtid: `${gtids(100)},${uuid(2)}:1-9`,
		});
		const lacked = (executedGtid: string) =>
			ownLacked(server("p", 1, { executedGtid }), source);
		expect(lacked(gtids(100))).toBe("");
		expect(lacked(gtids(105))).toBe("");
		expect(lacked(`${gtids(90)},${uuid(2)}:1-3`)).toBe(`${uuid(1)}:91-100`);
	});

	it("is told on MariaDB by its id in each domain, unless it takes its own as a semi-sync replica", () => {
		const of = (
			serverId: number,
			executedGtid: string,
			binlogGtidState: string,
			change: Partial<Instance> = {},
		) =>
			server("p", serverId, {
				flavor: "MariaDB",
				serverUuid: "",
				executedGtid,
				binlogGtidState,
				...change,
			});
		const source = of(2, "0-2-12,5-2-3", "0-1-10,0-2-12,5-1-2,5-2-3");
		expect(ownLacked(of(1, "0-1-10,5-1-2", "0-1-10,5-1-2"), source)).toBe("");
		expect(ownLacked(of(1, "0-1-8,5-1-2", "0-1-8,5-1-2"), source)).toBe(
			"0-1-10",
		);
		// Laid anew from a copy of the source: it has all, though it logged none.
		expect(ownLacked(of(1, "0-2-12,5-2-3", ""), source)).toBe("");
		const { semiSync } = source;
		expect(
			ownLacked(
				of(1, "0-1-8", "0-1-8", {
					semiSync: { ...semiSync, replicaEnabled: true },
				}),
				source,
			),
		).toBe("");
	});
});
