// A planned change of primary, in the shapes that there are.

import type { OperationRequest } from "../../../src/planning/operation.ts";
import { changeChannel, sayOfChannel } from "../../lab/statements.ts";
import { type Layout, nameOf, OPENING } from "./layout.ts";

export const takeover: Layout = {
	operation: "takeover",
	prepare: async (stage) => {
		await stage.write();
		return {
			kind: "takeover",
			cluster: nameOf(stage, "s1"),
			to: nameOf(stage, "s2"),
			auto: true,
		};
	},
	bystanders: [{ victim: "s1", faults: ["server-killed", "cut-off"] }],
};

/** Nobody else is there to take over, to acknowledge, or to tell the account. */
export const takeoverOfTwo: Layout = {
	...takeover,
	operation: "takeover-1+1",
	replicas: 1,
};

/** s1 → s2 → s3. */
export const takeoverOfChain: Layout = {
	...takeover,
	operation: "takeover-chain",
	replicas: 2,
	prepare: async (stage) => {
		const { server } = stage.ground;
		await sayOfChannel(server("s3"), "STOP", "");
		await changeChannel(server("s3"), [`PORT = ${server("s2").port}`]);
		await sayOfChannel(server("s3"), "START", "");
		await stage.know();
		return takeover.prepare(stage);
	},
	bystanders: [
		{ victim: "s1", faults: ["server-killed"] },
		{ victim: "s3", faults: ["server-killed"] },
	],
};

/** The old primary is left stopped below the new one. */
export const takeoverByHand: Layout = {
	...takeover,
	operation: "takeover-by-hand",
	leaves: "s1",
	prepare: async (stage) =>
		({ ...(await takeover.prepare(stage)), auto: false }) as OperationRequest,
};

export const takeoverUndone: Layout = {
	...takeover,
	operation: "takeover-undone",
	spoilt: { at: new RegExp(`^s2${OPENING.source}`) },
};
