import type { OperationRequest } from "../planning/operation.ts";

/** The hook lists of the configuration. */
const HOOK_LISTS = [
	"OnFailureDetectionProcesses",
	"PreGracefulTakeoverProcesses",
	"PreFailoverProcesses",
	"PostFailoverProcesses",
	"PostUnsuccessfulFailoverProcesses",
	"PostMasterFailoverProcesses",
	"PostGracefulTakeoverProcesses",
] as const;

export type HookList = (typeof HOOK_LISTS)[number];

/** A workflow that was started by hand may name anything. */
export const isHookList = (name: string): name is HookList =>
	HOOK_LISTS.some((each) => each === name);

/** Which lists an operation runs, in their order. */
interface HookPlan {
	readonly before: readonly HookList[];
	/** After it, when somebody was promoted. */
	readonly promoted: readonly HookList[];
	/** After it, when nobody was. */
	readonly unsuccessful: readonly HookList[];
}

const NONE: HookPlan = { before: [], promoted: [], unsuccessful: [] };

const FAILOVER: HookPlan = {
	before: ["PreFailoverProcesses"],
	promoted: ["PostMasterFailoverProcesses", "PostFailoverProcesses"],
	unsuccessful: ["PostUnsuccessfulFailoverProcesses"],
};

const TAKEOVER: HookPlan = {
	before: [
		"PreGracefulTakeoverProcesses",
		"OnFailureDetectionProcesses",
		"PreFailoverProcesses",
	],
	promoted: [...FAILOVER.promoted, "PostGracefulTakeoverProcesses"],
	unsuccessful: FAILOVER.unsuccessful,
};

export const hookPlanOf = (request: OperationRequest): HookPlan => {
	switch (request.kind) {
		case "recovery":
			return request.skipHooks === true ? NONE : FAILOVER;
		case "takeover":
			return TAKEOVER;
		default:
			return NONE;
	}
};

/** A detection or pre list that fails stops what comes behind it; a post list runs to its end. */
export const stopsAtFailure = (list: HookList): boolean =>
	!list.startsWith("Post");
