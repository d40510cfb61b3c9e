import { expect, test } from "vitest";
import { createHeldGroups } from "./held-groups.ts";

test("a node leads as long as it has an order for the first group, however many it was given and lost", () => {
	const { onHolding, isLeader } = createHeldGroups();
	onHolding(1);
	expect(isLeader()).toBe(false);
	const lost = onHolding(0);
	const next = onHolding(0);
	lost();
	expect(isLeader()).toBe(true);
	next();
	expect(isLeader()).toBe(false);
});

test("the end of one watcher hides no trouble of the next one", () => {
	const { storeTroubleTeller, storeTrouble } = createHeldGroups();
	const [before, after] = [storeTroubleTeller(), storeTroubleTeller()];
	before("the store is away");
	after("the store is away");
	before("");
	expect(storeTrouble()).toBe("the store is away");
	after("");
	expect(storeTrouble()).toBe("");
});
