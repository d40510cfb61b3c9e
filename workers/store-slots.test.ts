import { expect, it } from "vitest";
import { createStoreSlots } from "./store-slots.ts";

const scene = () => {
	const store = { isAway: false };
	const slots = createStoreSlots({
		isAway: () => store.isAway,
		check: async () => {
			if (store.isAway) throw new Error("away");
		},
	});
	const end = new AbortController();
	return {
		store,
		end,
		slots,
		reserve: () => slots.reserveSlot({} as never, end.signal),
		tryReserve: () => slots.tryReserveSlot({} as never),
	};
};

it("a node takes as many activities as a worker may have, and no more", async () => {
	const { slots, reserve, tryReserve } = scene();
	for (let at = 0; at < 99; at++) await reserve();
	expect(tryReserve()).not.toBeNull();
	expect(tryReserve()).toBeNull();
	const waiting = reserve();
	slots.releaseSlot({ permit: {} });
	await expect(waiting).resolves.toEqual({});
	expect(tryReserve()).toBeNull();
});

it("a node without its store takes none until that is back", async () => {
	const { store, reserve, tryReserve } = scene();
	store.isAway = true;
	expect(tryReserve()).toBeNull();
	let isGiven = false;
	const waiting = reserve().then(() => {
		isGiven = true;
	});
	await new Promise((resolve) => setTimeout(resolve, 600));
	expect(isGiven).toBe(false);
	store.isAway = false;
	await waiting;
	expect(tryReserve()).not.toBeNull();
});

it("whoever waits ends with its worker", async () => {
	const { store, end, reserve } = scene();
	store.isAway = true;
	const waiting = reserve();
	end.abort();
	await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
