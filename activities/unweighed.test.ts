import { expect, it } from "vitest";
import { errors } from "../src/errors.ts";
import { deadPrimary } from "../test/support/made-up-findings.ts";
import { tellingUnweighed } from "./unweighed.ts";

it("tells once of a finding that waits for the store, and again when that is away another time", async () => {
	const told: string[] = [];
	let trouble: Error | undefined = errors.storeNotSeen({
		why: "it says nothing",
	});
	const weigh = tellingUnweighed(
		{ log: { warn: (_: unknown, text: string) => told.push(text) } as never },
		async () => {
			if (trouble !== undefined) throw trouble;
			return "weighed";
		},
	);
	const finding = deadPrimary({
		instance: "a:3306",
		says: "primary a:3306 cannot be reached",
	});
	const input = { identity: "shop", finding };
	for (let nth = 0; nth < 3; nth++)
		await expect(weigh(input)).rejects.toBe(trouble);
	expect(told).toEqual([
		expect.stringMatching(
			/^primary a:3306 cannot be reached; NOT decided yet, .*it says nothing/,
		),
	]);
	trouble = undefined;
	expect(await weigh(input)).toBe("weighed");
	trouble = errors.unknownCluster({ cluster: "shop", near: "" });
	await expect(weigh(input)).rejects.toBe(trouble);
	expect(told).toHaveLength(1);
	trouble = errors.storeNotSeen({ why: "it is away" });
	await expect(weigh(input)).rejects.toBe(trouble);
	expect(told).toHaveLength(2);
});
