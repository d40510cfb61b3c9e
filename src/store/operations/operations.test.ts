import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const claim = (runId: string, preempt?: string, from = store) =>
	from.operations.claim({
		identity: "db1:3306",
		workflowId: "cluster/db1:3306",
		runId,
		kind: "recovery",
		nowMs: 1000,
		...(preempt === undefined ? {} : { preempt }),
	});

describe("a claim", () => {
	it("is held by one run, given to the same run under a new epoch, and refused to others", async () => {
		expect(await claim("r1")).toEqual({ claimed: true, epoch: 1 });
		const late = { identity: "db1:3306", epoch: 1, step: "s", attempt: 1 };
		expect(await store.operations.isCurrent(late)).toBe(true);
		expect(await claim("r1")).toEqual({ claimed: true, epoch: 2 });
		expect(await store.operations.isCurrent(late)).toBe(false);
		const holder = {
			identity: "db1:3306",
			epoch: 2,
			workflowId: "cluster/db1:3306",
			runId: "r1",
			kind: "recovery",
			startedAtMs: 1000,
		};
		expect(await claim("r2")).toEqual({ claimed: false, holder });
		expect(await store.operations.current("db1:3306")).toEqual(holder);
		expect(await store.operations.running()).toEqual([holder]);
	});

	it("is freed by its own run only; the epoch goes on", async () => {
		await claim("r1");
		await store.operations.release("db1:3306", "r2");
		expect(await claim("r2")).toMatchObject({ claimed: false });
		await store.operations.release("db1:3306", "r1");
		expect(await store.operations.current("db1:3306")).toBeUndefined();
		expect(await claim("r2")).toEqual({ claimed: true, epoch: 2 });
	});

	it("for what a person asked for is given to one run only, whoever holds the cluster, until it is forgotten", async () => {
		const ask = (runId: string, request: string, nowMs = 1000) =>
			store.operations.claim({
				identity: "db1:3306",
				workflowId: "w",
				runId,
				kind: "takeover",
				nowMs,
				request,
			});
		expect(await ask("r1", "first")).toMatchObject({ claimed: true });
		expect(await ask("r1", "first")).toMatchObject({ claimed: true });
		const begun = { claimed: false, begun: { runId: "r1", atMs: 1000 } };
		expect(await ask("r2", "first")).toEqual(begun);
		// What was refused was not begun.
		expect(await ask("r2", "second")).toMatchObject({ claimed: false });
		await store.operations.release("db1:3306", "r1");
		expect(await ask("r2", "first")).toEqual(begun);
		expect(await ask("r2", "second", 2000)).toMatchObject({ claimed: true });
		expect(await store.operations.purgeRequests(2000)).toBe(1);
		await store.operations.release("db1:3306", "r2");
		expect(await ask("r3", "first")).toMatchObject({ claimed: true });
		expect(await ask("r4", "second")).toMatchObject({
			begun: { runId: "r2" },
		});
	});

	it("goes with the picture of an operation that has left nothing", async () => {
		await claim("r1");
		const kept = { picture: "{}", revision: "1" };
		await store.operations.beginPicture(
			"u1",
			{ identity: "db1:3306", epoch: 1 },
			kept,
		);
		await store.operations.keepPicture("u1", { ...kept, revision: "2" });
		expect(await store.operations.pictureRevision("u1")).toBe("2");
		expect(await store.operations.leftPicture("db1:3306")).toBe("{}");
		await store.operations.release("db1:3306", "r1", "u1");
		expect(await store.operations.current("db1:3306")).toBeUndefined();
		expect(await store.operations.leftPicture("db1:3306")).toBeUndefined();
		expect(await store.operations.pictureRevision("u1")).toBeUndefined();
	});

	it("is taken from the run that is named, not from another", async () => {
		await claim("r1");
		expect(await claim("r2", "r0")).toMatchObject({ claimed: false });
		expect(await claim("r2", "r1")).toEqual({ claimed: true, epoch: 2 });
		await store.operations.release("db1:3306", "r1");
		expect(await store.operations.current("db1:3306")).toMatchObject({
			runId: "r2",
		});
	});

	it("is not given to a try of its run that has stood still since another one was given it", async () => {
		const asked = (heldAt: number) =>
			store.operations.claim({
				identity: "db1:3306",
				workflowId: "w",
				runId: "r1",
				kind: "recovery",
				nowMs: 1000,
				heldAt,
			});
		expect(await asked(0)).toEqual({ claimed: true, epoch: 1 });
		expect(await asked(0)).toMatchObject({
			claimed: false,
			holder: { runId: "r1", epoch: 1 },
		});
		expect(await asked(1)).toEqual({ claimed: true, epoch: 2 });
	});

	it("is what an operation writes under: one that was overtaken changes nothing", async () => {
		await claim("r1");
		const own = { identity: "db1:3306", epoch: 1 };
		const picture = { picture: "{}", revision: "1" };
		const lost = {
			instance: "db2:3306",
			owner: "baton",
			reason: "lost",
			beganAtMs: 1000,
			endsAtMs: 100_000,
		} as const;
		const writes = () =>
			store.underEpoch(own, async ({ downtimes }) => {
				await downtimes.begin(lost);
			});
		const active = () => store.downtimes.active(2000);
		await claim("r2", "r1");
		expect(await writes()).toBe(false);
		expect(await active()).toEqual([]);
		expect(
			await store.operations.beginPicture(
				"u2",
				{ identity: "db1:3306", epoch: 2 },
				picture,
			),
		).toBe(true);
		expect(await store.operations.beginPicture("u1", own, picture)).toBe(false);
		expect(await store.operations.picture("u2")).toEqual(picture);
		expect(await store.operations.picture("u1")).toBeUndefined();
		await expect(
			store.underEpoch({ ...own, epoch: 2 }, async ({ downtimes }) => {
				await downtimes.begin(lost);
				throw new Error("broke off");
			}),
		).rejects.toThrow("broke off");
		// All of it or nothing.
		expect(await active()).toEqual([]);
	});

	it("and its epoch outlive the process", async () => {
		await claim("r1");
		await store.close();
		store = await stores.open();
		expect(await claim("r2")).toMatchObject({
			claimed: false,
			holder: { runId: "r1" },
		});
		expect(await store.clusters.adopt("db1:3306", ["db1:3306"])).toBe(
			"db1:3306",
		);
		expect(await store.clusters.byIdentity("db1:3306")).toMatchObject({
			epoch: 1,
		});
	});
});

describe("concurrent claims", () => {
	it("from several connections: exactly one wins, and epochs strictly rise", {
		timeout: 60_000,
	}, async () => {
		const others = [
			store,
			await stores.open(),
			await stores.open(),
			await stores.open(),
		];
		let epoch = 0;
		const round = async (order: readonly number[], preempts: boolean) => {
			const holder = await store.operations.current("db1:3306");
			const answers = await Promise.all(
				order.map((index, place) =>
					claim(
						`run-${epoch}-${place}`,
						preempts ? holder?.runId : undefined,
						others[index],
					),
				),
			);
			const won = answers.filter((answer) => answer.claimed);
			expect(won).toHaveLength(holder && !preempts ? 0 : 1);
			for (const answer of won) {
				expect(answer.claimed && answer.epoch).toBe(epoch + 1);
				epoch += 1;
			}
		};
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 6 }),
				fc.boolean(),
				fc.boolean(),
				async (order, preempts, releases) => {
					const holder = await store.operations.current("db1:3306");
					if (releases && holder)
						await store.operations.release("db1:3306", holder.runId);
					await round(order, preempts);
				},
			),
			{ numRuns: 40 },
		);
	});

	it("from several processes: every epoch is given once", {
		timeout: 60_000,
	}, async () => {
		const program = `
			import { openStore } from ${JSON.stringify(fileURLToPath(new URL("../open-store.ts", import.meta.url)))};
			const store = await openStore(${stores.expression});
			const won = [];
			for (let turn = 0; turn < 30; turn++) {
				const runId = process.pid + "-" + turn;
				const answer = await store.operations.claim({ identity: "db1:3306", workflowId: "w", runId, kind: "k", nowMs: turn });
				if (!answer.claimed) continue;
				const current = await store.operations.current("db1:3306");
				if (current?.runId !== runId || current.epoch !== answer.epoch) throw new Error("not alone");
				won.push(answer.epoch);
				await store.operations.release("db1:3306", runId);
			}
			await store.close();
			process.stdout.write(JSON.stringify(won));`;
		const run = () =>
			new Promise<number[]>((resolve, reject) => {
				const child = spawn(process.execPath, [
					"--import",
					"tsx",
					"--input-type=module",
					"-e",
					program,
				]);
				let output = "";
				let errors = "";
				child.stdout.on("data", (part) => {
					output += part;
				});
				child.stderr.on("data", (part) => {
					errors += part;
				});
				child.on("close", (code) =>
					code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors)),
				);
			});
		const won = (await Promise.all([run(), run(), run()])).flat();
		expect(won.length).toBeGreaterThan(0);
		expect([...won].sort((a, b) => a - b)).toEqual(
			won.map((_, index) => index + 1),
		);
	});
});

describe("a step", () => {
	const isCurrent = (epoch: number, attempt: number, step = "promote") =>
		store.operations.isCurrent({ identity: "db1:3306", epoch, step, attempt });

	it("is current for its epoch and its newest attempt", async () => {
		await claim("r1");
		expect(await isCurrent(1, 1)).toBe(true);
		expect(await isCurrent(1, 1)).toBe(true);
		expect(await isCurrent(1, 3)).toBe(true);
		expect(await isCurrent(1, 2)).toBe(false);
		expect(await isCurrent(1, 1, "other")).toBe(true);
		// What takes a step back comes behind it: what is left of the step does nothing any more.
		expect(await isCurrent(1, 1, "9")).toBe(true);
		expect(await isCurrent(1, 1, "10")).toBe(true);
		expect(await isCurrent(1, 1, "9")).toBe(false);
		expect(await isCurrent(1, 2, "9")).toBe(false);
		expect(await isCurrent(1, 1, "10")).toBe(true);
		expect(await isCurrent(2, 9)).toBe(false);
		await claim("r2", "r1");
		expect(await isCurrent(1, 4)).toBe(false);
		expect(await isCurrent(2, 1)).toBe(true);
	});

	it("of a cluster that nobody claimed is never current", async () => {
		expect(await isCurrent(1, 1)).toBe(false);
	});
});
