import { afterEach, beforeEach, expect, it } from "vitest";
import { server, snapshotOf } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import { createPictures } from "./pictures.ts";

let stores: TemporaryStores;
let store: Store;
let monotonicMs = 0;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	monotonicMs = 0;
});
afterEach(() => stores.remove());

const EARLIER = snapshotOf([server("p", 1)]);
const LATER = snapshotOf([server("p", 1), server("q", 2)]);
const process = () => createPictures(store.operations, () => monotonicMs);

it("a process goes by what another one has seen since it kept its own, however often it asks", async () => {
	const one = process();
	const other = process();
	await one.begin({ uid: "1", epoch: 0 }, EARLIER);
	await other.keep("1", LATER);
	// It has that of the other one when it is given the next phase, which takes two hops through Temporal.
	expect((await one.of("1")).instances).toHaveLength(1);
	monotonicMs += 5;
	expect((await one.of("1")).instances).toHaveLength(2);
	await other.keep("1", EARLIER);
	expect((await one.of("1")).instances).toHaveLength(1);
});

it("reads the picture itself only when it is another one than its own", async () => {
	const asked: string[] = [];
	const { operations } = store;
	const one = createPictures(
		{
			...operations,
			picture: (uid) => {
				asked.push("picture");
				return operations.picture(uid);
			},
			pictureRevision: (uid) => {
				asked.push("revision");
				return operations.pictureRevision(uid);
			},
		},
		() => monotonicMs,
	);
	await one.begin({ uid: "1", epoch: 0 }, EARLIER);
	expect(await one.of("1")).toEqual(EARLIER);
	expect(asked).toEqual([]);
	monotonicMs += 60_000;
	expect(await one.of("1")).toEqual(EARLIER);
	expect(asked).toEqual(["revision"]);
	await process().keep("1", LATER);
	expect(await one.of("1")).toEqual(LATER);
	expect(await one.of("1")).toEqual(LATER);
	expect(asked).toEqual(["revision", "revision", "picture", "revision"]);
});

it("an operation whose cluster a newer one has taken keeps nothing, and is told so", async () => {
	const one = process();
	const other = process();
	await one.begin({ uid: "1", epoch: 0 }, EARLIER);
	await other.begin({ uid: "2", epoch: 0 }, LATER);
	await one.keep("1", EARLIER);
	expect(await other.left(EARLIER.identity)).toEqual(LATER);
	monotonicMs += 5;
	await expect(one.of("1")).rejects.toMatchObject({ code: "Superseded" });
	expect(await one.find("1")).toBeUndefined();
});

it("that of an operation that has ended is gone", async () => {
	const one = process();
	await one.begin({ uid: "1", epoch: 0 }, EARLIER);
	await one.drop("1");
	expect(await one.left(EARLIER.identity)).toBeUndefined();
});
