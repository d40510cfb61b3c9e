import { afterEach, beforeEach, expect, it } from "vitest";
import { type CutOff, leftByCutOff } from "../src/planning/cut-off.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { Fence, Store } from "../src/store/contract.ts";
import { NO_MARK } from "../src/topology/server-mark.ts";
import { snapshotOf } from "../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createCutOffFences } from "./cut-off-fences.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const CLAIM = {
	identity: "c",
	epoch: 1,
	uid: "u",
	workflowId: "operate/c",
	runId: "r",
};
const RELOCATION: OperationRequest = {
	kind: "relocation",
	instance: "b:3306",
	below: "a:3306",
};
const BY_HAND = {
	kind: "takeover",
	cluster: "p:3306",
	to: "a:3306",
} as const;
/** As a takeover leaves it, whose old primary stood down by itself. */
const STOOD_DOWN: Fence = {
	instance: "p:3306",
	identity: "c",
	successor: "a:3306",
	sinceMs: 1,
	state: "rejoined",
	note: "",
	server: NO_MARK,
};

const settled = async (
	strayed: NonNullable<CutOff["strayed"]>,
	request: OperationRequest = RELOCATION,
	fence: Fence | undefined = STOOD_DOWN,
) => {
	await store.operations.claim({ ...CLAIM, kind: "relocation", nowMs: 1 });
	if (fence !== undefined) await store.fences.put(fence);
	const says = await createCutOffFences({ store, nowMs: () => 2 }).strayed(
		{ ...CLAIM, epoch: (await store.operations.current("c"))?.epoch ?? 0 },
		request,
		{ ...leftByCutOff(snapshotOf([]), undefined), strayed },
	);
	return { says, fence: await store.fences.get("p:3306") };
};

it("an old primary on its way below the new one is waited for, and rejoined", async () => {
	const { says, fence } = await settled({ instance: "p:3306", isLaid: false });
	expect(says).toEqual([expect.stringContaining("p:3306 follows nobody")]);
	expect(fence).toEqual({ ...STOOD_DOWN, state: "waiting", note: says[0] });
});

it("but not where it is to be left stopped, as the same takeover is asked for again", async () => {
	const laid = { instance: "p:3306", isLaid: true } as const;
	expect(await settled(laid, BY_HAND)).toEqual({ says: [], fence: STOOD_DOWN });
	const auto = { ...BY_HAND, auto: true } as const;
	expect((await settled(laid, auto)).fence?.state).toBe("waiting");
	const bare = { ...laid, isLaid: false };
	expect((await settled(bare, BY_HAND)).fence?.state).toBe("waiting");
});

it("nor one that is held back already, or is no operation's old primary", async () => {
	const held = { ...STOOD_DOWN, state: "fenced", note: "has more" } as const;
	const strayed = { instance: "p:3306", isLaid: false } as const;
	expect(await settled(strayed, RELOCATION, held)).toEqual({
		says: [],
		fence: held,
	});
	await store.fences.remove("p:3306");
	const other = { ...STOOD_DOWN, instance: "x:3306" } as const;
	expect((await settled(strayed, RELOCATION, other)).fence).toBeUndefined();
});
