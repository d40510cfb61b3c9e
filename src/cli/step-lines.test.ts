import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createFixture, scripted } from "../../test/support/command-line.ts";
import type { OperationRequest, Operator } from "../planning/operation.ts";
import type { Store } from "../store/contract.ts";
import { tellingSteps } from "./step-lines.ts";

const RUN = "01a22748-88eb-7599-9a9d-1fd7c24a4374";
const UID = `7:${RUN.replaceAll("-", "")}00`;
const REQUEST: OperationRequest = {
	kind: "relocation",
	instance: "db3.ny:3306",
	below: "db1.ny:3306",
};

/** What is told of an operation that does this in the store, and ends with that run. */
const told = async (
	work: (store: Store) => Promise<void>,
	isWanted = true,
): Promise<readonly string[]> => {
	const fixture = await createFixture();
	try {
		return await fixture.inStore(async (store) => {
			await store.recoveries.addStep(UID, "from before", 1);
			const lines: string[] = [];
			await tellingSteps(
				{
					store: async () => store,
					configuration: { DefaultInstancePort: 3306 },
					log: { warning: (text: string) => lines.push(text) },
					...(isWanted && { tellStep: (line: string) => lines.push(line) }),
				} as unknown as Parameters<typeof tellingSteps>[0],
				REQUEST,
				async () => {
					await work(store);
					lines.push("(ended)");
					return { outcome: { runId: RUN } };
				},
			);
			return lines;
		});
	} finally {
		fixture.remove();
	}
};

test("each step is told as it happens, that of another operation is not", async () => {
	const lines = await told(async (store) => {
		const identity = await store.clusters.identityOf("db3.ny:3306");
		await store.operations.claim({
			identity: identity ?? "",
			workflowId: "w",
			runId: RUN,
			kind: "relocation",
			nowMs: 1,
		});
		await store.recoveries.addStep(UID, "plan: move\nin two phases", 2);
		await store.recoveries.addStep("another's", "moveBelow: not this", 3);
		await delay(500);
		await store.recoveries.addStep(UID, "moveBelow: db3 replicates", 4);
	});
	expect(lines).toEqual(["plan: move", "(ended)", "moveBelow: db3 replicates"]);
});

test("one that was through at once is told at its end", async () => {
	expect(
		await told((store) => store.recoveries.addStep(UID, "done: at once", 2)),
	).toEqual(["(ended)", "done: at once"]);
});

test("on a terminal it is shown below how far it is, and no longer than it runs", async () => {
	const fixture = await createFixture();
	try {
		const shown: string[] = [];
		await fixture.inStore((store) =>
			tellingSteps(
				{
					store: async () => store,
					configuration: { DefaultInstancePort: 3306 },
					tellStep: () => undefined,
					foot: {
						show: (text: string) => shown.push(text),
						hide: () => shown.push("(hidden)"),
					},
				} as unknown as Parameters<typeof tellingSteps>[0],
				REQUEST,
				async () => {
					// Long enough for the seconds to be seen going by.
					await delay(1_300);
					return { outcome: { runId: RUN } };
				},
			),
		);
		expect(shown[0]).toMatch(/^\[ +\] 0 s$/);
		expect(shown.at(-2)).toMatch(/^\[ +\] [1-9]\d* s$/);
		expect(shown.at(-1)).toBe("(hidden)");
	} finally {
		fixture.remove();
	}
});

test("nothing is told to nobody, and what cannot be told is no failure", async () => {
	expect(
		await told((store) => store.recoveries.addStep(UID, "x", 2), false),
	).toEqual(["(ended)"]);
	expect(
		await told(async (store) => {
			await delay(50);
			store.recoveries.stepsSince = () => Promise.reject(new Error("away"));
			await delay(300);
		}),
	).toEqual(["its steps cannot be told any more: away", "(ended)"]);
});

test("a terminal and -verbose hear of steps, a script and -quiet do not", async () => {
	const fixture = await createFixture();
	const operator: Operator = {
		...scripted({ runId: RUN }),
		run: async (request) => {
			const outcome = await scripted({ runId: RUN }).run(request);
			await fixture.inStore(({ recoveries }) =>
				recoveries.addStep(UID, "moveBelow: db3 replicates", 2),
			);
			return outcome;
		},
	};
	const heard = async (text: string, isTerminal: boolean) =>
		(await fixture.typed(text, operator, { isTerminal })).stderr;
	try {
		expect(await heard("relocate db3 db1", true)).toBe(
			"moveBelow: db3 replicates\n",
		);
		expect(await heard("relocate db3 db1 -verbose", false)).toMatch(
			/ INFO moveBelow: db3 replicates\n/,
		);
		expect(await heard("relocate db3 db1", false)).toBe("");
		expect(await heard("relocate db3 db1 -quiet", true)).toBe("");
	} finally {
		fixture.remove();
	}
});
