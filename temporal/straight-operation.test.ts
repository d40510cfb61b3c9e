import type { Client } from "@temporalio/client";
import { expect, test } from "vitest";
import type { OperationRequest } from "../src/planning/operation.ts";
import { createStraightOperation } from "./straight-operation.ts";

const RELOCATION: OperationRequest = {
	kind: "relocation",
	instance: "a:3306",
	below: "p:3306",
};

test("a person's operation starts its hooks itself, and is not begun long after it was asked for", async () => {
	const started: unknown[] = [];
	const workflow = {
		start: async (kind: string, { args }: { args: unknown[] }) => {
			started.push([kind, ...args]);
			return { firstExecutionRunId: "run" };
		},
	};
	const straight = createStraightOperation({
		client: { workflow } as unknown as Client,
		isHeld: async () => false,
		tellStarted: async () => undefined,
		log: { warn: () => undefined },
	});
	expect(await straight("id", "shop", RELOCATION)).toMatchObject({
		runId: "run",
	});
	expect(started).toEqual([
		[
			"relocation",
			{
				instance: "a:3306",
				below: "p:3306",
				identity: "id",
				startsHooks: true,
				beginWithinMs: 30_000,
			},
		],
	]);
});
