import { afterEach, beforeEach, expect, it } from "vitest";
import {
	NOTHING_LOST,
	type Plan,
	phase,
	refused,
} from "../src/planning/plan.ts";
import { planText } from "../src/planning/plan-text.ts";
import type { Store } from "../src/store/contract.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createPlanRecord } from "./plan-record.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const plan: Plan = {
	title: "failover of a:1: promote b:1",
	loss: NOTHING_LOST,
	phases: [
		phase(
			"promote",
			[{ do: "open", on: "b:1", because: "it has everything" }],
			"replan",
			{ noReturn: true },
		),
	],
	notes: [],
	left: [],
	says: "done",
};

const recorded = async (...plans: readonly Plan[]): Promise<string[]> => {
	const record = createPlanRecord({ store, nowMs: () => 1_000 });
	for (const each of plans) await record("u1", each);
	return (await store.recoveries.steps("u1")).map(({ message }) => message);
};

it("a plan stays with the record in the words in which it is shown elsewhere", async () => {
	expect(await recorded(plan)).toEqual([`plan: ${planText(plan)}`]);
});

it("a plan that does nothing leaves no row", async () => {
	const nothing = { ...plan, phases: [] };
	expect(await recorded(refused("move", "it is down"), nothing)).toEqual([]);
});

it("a plan that is longer than the column is cut", async () => {
	const notes = ["ü".repeat(70_000)];
	const [kept = ""] = await recorded({ ...plan, notes });
	expect(Buffer.byteLength(kept)).toBeLessThan(65_536);
	expect(kept).toContain("promote");
	expect(kept).toMatch(/ü …$/);
});
