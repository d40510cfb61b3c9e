import { expect, it } from "vitest";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	PROMOTION,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { planPromotion } from "./recovery-plan.ts";

const failed = server("p", 1, {
	check: failing("lost"),
	semiSync: LOSSLESS,
	executedGtid: gtids(90),
});
const acker = (host: string, id: number, rest: Partial<Instance> = {}) =>
	replica(host, id, { semiSync: ACKER, ...rest });
const lossless = { ...PROMOTION, mode: "lossless" as const };

it.each<[string, Partial<Instance>]>([
	["tells nonsense", { executedGtid: "no gtid" }],
	["is of the other family", { flavor: "MariaDB", executedGtid: "0-1-5" }],
	[
		"tells that it received nonsense",
		{ replication: { ...acker("z", 3).replication, retrievedGtid: "\0" } },
	],
])(
	"a replica that %s is left behind, and does not stop the failover",
	(_, rest) => {
		const odd = { ...acker("z", 3), ...rest };
		const plan = planPromotion(failed, [acker("a", 2), odd], PROMOTION);
		expect(plan).toMatchObject({
			promote: "a:3306",
			refusal: "",
			repoint: [],
			lost: [
				{ name: "z:3306", reason: expect.stringContaining("cannot be read") },
			],
		});
		// It may have acknowledged what nobody else has.
		expect(planPromotion(failed, [acker("a", 2), odd], lossless)).toMatchObject(
			{
				promote: undefined,
				refusal: expect.stringContaining("z:3306 may hold acknowledged writes"),
			},
		);
	},
);

it("nobody is promoted when no replica can be read", () => {
	const odd = { ...acker("z", 3), executedGtid: "no gtid" };
	expect(planPromotion(failed, [odd], PROMOTION)).toMatchObject({
		promote: undefined,
		refusal: expect.stringContaining("cannot be read"),
	});
});

it("what a dead primary told that cannot be read is not known", () => {
	const odd = { ...failed, executedGtid: "no gtid" };
	expect(planPromotion(odd, [acker("a", 2)], PROMOTION)).toMatchObject({
		promote: "a:3306",
	});
});
