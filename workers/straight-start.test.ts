import type { Client } from "@temporalio/client";
import { expect, it } from "vitest";
import type { Finding } from "../src/analysis/finding.ts";
import { NOW } from "../test/support/made-up-servers.ts";
import { createStraightStart } from "./straight-start.ts";

const DEAD: Finding = {
	instance: "p:3306",
	code: "DeadMaster",
	says: "primary p:3306 cannot be reached",
	recovery: "primary",
	isActionable: true,
	notActionableBecause: "",
	isDowntimed: false,
	replicas: ["a:3306", "b:3306"],
	noticedAtMs: NOW,
	declaredAtMs: NOW,
	silence: {},
	role: { instanceType: "master", isPrimary: true, isCoPrimary: false },
};

const WEIGHED = {
	act: true,
	says: "nothing speaks against it",
	detectionId: 7,
	isNew: true,
	detectionHooks: false,
	clusterName: "p:3306",
	clusterAlias: "",
	clusterDomain: "",
} as const;

/** Begins to tell of the dead primary, and leaves it to the test how long a wait takes. */
const telling = (isHeld = false) => {
	const happened: string[] = [];
	let over = () => {};
	const waited = new Promise<void>((resolve) => {
		over = resolve;
	});
	const straight = createStraightStart(
		{
			// Of a client only this much is used.
			client: {
				withDeadline: (_: number, work: () => unknown) => work(),
				workflow: {
					start: async () => {
						happened.push("started");
						return { firstExecutionRunId: "r" };
					},
				},
			} as unknown as Client,
			weigh: async () => WEIGHED,
			isHeld: async () => isHeld,
			config: () => ({ OnFailureDetectionProcesses: [] }),
			log: { warn: (text) => happened.push(text) },
		},
		(ms) => {
			happened.push(`waits ${ms} ms`);
			return waited;
		},
	);
	const told = straight("c", { findings: [DEAD] }).then((change) => {
		happened.push(`told of ${change.started?.runId ?? "no start"}`);
	});
	return { happened, over, told };
};

it("the entity is told of a failover that was started only when clients are served again", async () => {
	const { happened, over, told } = telling();
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(happened).toEqual(["started", "waits 250 ms"]);
	over();
	await told;
	expect(happened).toEqual(["started", "waits 250 ms", "told of r"]);
});

it("and at once of one that is left to it", async () => {
	const { happened, told } = telling(true);
	await told;
	expect(happened).toEqual(["told of no start"]);
});
