/** The hook lists of the configuration. */
const HOOK_LISTS = [
	"OnFailureDetectionProcesses",
	"PreGracefulTakeoverProcesses",
	"PreFailoverProcesses",
	"PostFailoverProcesses",
	"PostUnsuccessfulFailoverProcesses",
	"PostMasterFailoverProcesses",
	"PostGracefulTakeoverProcesses",
	"PostTakeMasterProcesses",
] as const;

export type HookList = (typeof HOOK_LISTS)[number];

/** A workflow that was started by hand may name anything. */
export const isHookList = (name: string): name is HookList =>
	HOOK_LISTS.some((each) => each === name);

/** Which lists an operation runs, in their order. */
export interface HookPlan {
	readonly before: readonly HookList[];
	/** After it, when somebody was promoted, or took another's place. */
	readonly promoted: readonly HookList[];
	/** After it, when nobody was. */
	readonly unsuccessful: readonly HookList[];
}

export const NO_HOOKS: HookPlan = {
	before: [],
	promoted: [],
	unsuccessful: [],
};

export const FAILOVER_HOOKS: HookPlan = {
	before: ["PreFailoverProcesses"],
	promoted: ["PostMasterFailoverProcesses", "PostFailoverProcesses"],
	unsuccessful: ["PostUnsuccessfulFailoverProcesses"],
};

export const TAKEOVER_HOOKS: HookPlan = {
	before: [
		"PreGracefulTakeoverProcesses",
		"OnFailureDetectionProcesses",
		"PreFailoverProcesses",
	],
	promoted: [...FAILOVER_HOOKS.promoted, "PostGracefulTakeoverProcesses"],
	unsuccessful: FAILOVER_HOOKS.unsuccessful,
};

/** A replica has taken the place of its source. */
export const TAKE_SOURCE_HOOKS: HookPlan = {
	before: [],
	promoted: ["PostTakeMasterProcesses"],
	unsuccessful: [],
};

/** A detection or pre list that fails stops what comes behind it; a post list runs to its end. */
export const stopsAtFailure = (list: HookList): boolean =>
	!list.startsWith("Post");
