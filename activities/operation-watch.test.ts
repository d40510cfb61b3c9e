import { MockActivityEnvironment } from "@temporalio/testing";
import { expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import type { OperationLook } from "../temporal/operation-look.ts";
import type { FoundRun } from "../temporal/running-operation.ts";
import { createOperationWatch } from "./operation-watch.ts";
import { standingAfter, UNSEEN } from "./standing-still.ts";

const look = (rest: Partial<OperationLook> = {}): OperationLook => ({
	isOver: false,
	stuck: "",
	isVain: false,
	mark: "7",
	waitsFor: "runPhases",
	...rest,
});
const OVER = look({ isOver: true });
const STUCK = look({ stuck: "its code does not fit" });

const VAIN = look({ stuck: "nobody works it off", isVain: true });

const watching = (
	looks: readonly (OperationLook | Error)[],
	found?: FoundRun,
) => {
	const told: string[] = [];
	const left = [...looks];
	const { watchOperation, runningOperation } = createOperationWatch({
		lookAt: async () => {
			const next = left.shift() ?? OVER;
			if (next instanceof Error) throw next;
			return next;
		},
		findRunning: async () => found,
		endOperation: async ({ runId, because }: Record<string, string>) => {
			told.push(`${runId} ${because}`);
			return because;
		},
		everyMs: 1,
		stuckLooks: 3,
		quietLooks: 3,
		nowMs: () => 0,
		config: documentedDefaults,
		log: { warn: (_: unknown, says: string) => told.push(says) },
		store: {
			clusters: { byIdentity: async () => undefined },
			recoveries: {
				active: async () => [{ uid: "1:r", endedAtMs: 0 }],
				addStep: async (uid: string, says: string) =>
					told.push(`${uid}: ${says}`),
			},
			audit: { write: async () => undefined },
		},
	} as unknown as Parameters<typeof createOperationWatch>[0]);
	return { told, left, watchOperation, runningOperation };
};

const run = (
	on: ReturnType<typeof watching>,
	input: { readonly quietAt?: string } = {},
	info = {},
) =>
	new MockActivityEnvironment(info).run(on.watchOperation, {
		identity: "c",
		runId: "r",
		...input,
	});

it("an operation is stuck when so many looks in a row say so, whatever a look that fails says", async () => {
	const twice = [STUCK, STUCK];
	expect(
		await run(watching([...twice, look({ mark: "8" }), ...twice])),
	).toEqual({ is: "over" });
	const failing = watching([...twice, new Error("away"), STUCK, OVER]);
	expect(await run(failing)).toEqual({
		is: "stuck",
		says: "its code does not fit",
	});
	expect(failing.told).toEqual(["the operation cannot be looked at: away"]);
});

it("what was counted is not lost with the attempt that has counted it", async () => {
	const heartbeatDetails = { mark: "7", quiet: 0, stuck: 2 };
	expect(await run(watching([STUCK]), {}, { heartbeatDetails })).toMatchObject({
		is: "stuck",
	});
	expect(await run(watching([STUCK]))).toEqual({ is: "over" });
});

it("an operation is quiet when nothing of it has moved, and people are told of it once", async () => {
	const moving = ["1", "2", "3", "4", "5"].map((mark) => look({ mark }));
	expect(await run(watching(moving))).toEqual({ is: "over" });
	const quiet = watching([...moving, ...Array(10).fill(look({ mark: "5" }))]);
	const seen = await run(quiet);
	expect(seen).toMatchObject({
		is: "quiet",
		mark: "5",
		says: expect.stringContaining("and waits for runPhases"),
	});
	expect(quiet.told).toEqual([
		expect.stringMatching(/^1:r: it has come no further/),
		expect.stringMatching(/^the operation is overdue: it has come no further/),
	]);
	const still = Array(10).fill(look({ mark: "5" }));
	const again = watching([...still, look({ mark: "6" })]);
	expect(await run(again, { quietAt: "5" })).toEqual({ is: "moving" });
	expect(again.told).toEqual([]);
	expect(
		await run(watching([...still, STUCK, STUCK, STUCK]), { quietAt: "7" }),
	).toMatchObject({ is: "moving" });
});

it("one of which nothing will come is stuck at the first look", async () => {
	expect(await run(watching([VAIN]))).toEqual({
		is: "stuck",
		says: "nobody works it off",
	});
	expect(await run(watching([VAIN]), { quietAt: "7" })).toMatchObject({
		is: "stuck",
	});
});

it("what is found under the id is ended when nothing will come of it, and only then", async () => {
	const started = {
		runId: "r",
		says: "",
		request: { kind: "takeover", cluster: "c" },
	} as const;
	const finds = async (seen: OperationLook | Error, found: FoundRun) => {
		const on = watching([seen], found);
		return {
			is: await on.runningOperation({ identity: "c" }),
			told: on.told,
		};
	};
	const ended = {
		is: undefined,
		told: ["r was ended, since nobody works it off"],
	};
	expect(await finds(VAIN, { runId: "r", started })).toEqual(ended);
	// It names no servers: it could not even be followed.
	expect(await finds(VAIN, { runId: "r", started: undefined })).toEqual(ended);
	for (const seen of [look(), STUCK])
		expect(await finds(seen, { runId: "r", started })).toEqual({
			is: started,
			told: [],
		});
	expect(await finds(new Error("away"), { runId: "r", started })).toMatchObject(
		{ is: started },
	);
});

it("a look that sees it further begins to count anew", () => {
	const twice = [look(), look()].reduce(standingAfter, UNSEEN);
	expect(twice).toEqual({ mark: "7", quiet: 1, stuck: 0 });
	expect(standingAfter(twice, look({ mark: "8" })).quiet).toBe(0);
	expect(standingAfter(twice, STUCK)).toEqual({
		mark: "7",
		quiet: 2,
		stuck: 1,
	});
});
