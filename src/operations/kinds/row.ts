import type { core, output, ZodMiniObject } from "zod/mini";
import type { Plan } from "../../planning/plan.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { HookPlan } from "../hook-lists.ts";

/** How urgent an operation is; who pushes whom aside is decided by it. */
export type Severity =
	/** The primary is gone: clients wait. */
	| "failover"
	/** A person asked for a change of primary. */
	| "planned"
	/** Moves, repairs, the return of a server. */
	| "repair";

/** What a request of a kind has beside its kind and who asks. */
export type Taken<Fields extends core.$ZodShape> = Readonly<
	output<ZodMiniObject<Fields, core.$strict>>
>;

/** What an outcome is made from. */
export interface End {
	/** The instance that it was about. */
	readonly subject: InstanceName | "";
	/** Direct replicas of that one before. */
	readonly replicas: readonly InstanceName[];
	/** Who is the primary now, and as it was seen last; empty when it came to nothing. */
	readonly successor: InstanceName | "";
	readonly seen: Instance | undefined;
	readonly loss: string;
	/** The server that its plan put somebody below, or made a primary; empty when it was refused. */
	readonly place: InstanceName | "";
	/** Who was moved, and stands where it was to. */
	readonly moved: readonly InstanceName[];
	/** Missing where nothing was decided about a fence. */
	readonly settlesFence?: Plan["settlesFence"];
}

/**
 * All that is known of a kind of operation but for its planner, which the planners' table has. Workflows read it: it holds data and
 * plain functions of the request.
 */
interface KindRow<Fields extends core.$ZodShape, Own extends object> {
	/**
	 * The fields of a request, a schema each: CLI, API, the entity's update and `temporal workflow start` share them. Made when it is
	 * called: Temporal freezes whatever the modules of workflow code export, and a schema keeps things in itself when it is used.
	 */
	readonly takes: () => Fields;
	/** The field that this request lacks, although others of its kind may do without it; empty where it lacks none. */
	readonly lacks?: (request: Taken<Fields>) => string;
	/** The servers that a request names: they have to be in the picture that it is planned from. The one that it is about comes first. */
	readonly names: (request: Taken<Fields>) => readonly InstanceName[];
	/** One line about a request, as the Temporal UI shows it. */
	readonly line: (request: Taken<Fields>) => string;
	readonly severity: Severity;
	/** Whether it may make a server writable. */
	readonly opens: boolean;
	/** Its hook lists and the audit's word for it. Of a recovery both go by what has failed: the recovery table has them. */
	readonly rules:
		| {
				readonly hooks: HookPlan;
				/** Null where it goes by what its outcome calls the change. */
				readonly audit: string | null;
				/** Where the audit has words of its own for the ways of a kind. */
				readonly audits?: Readonly<Record<string, string>>;
		  }
		| "by analysis";
	/** Its row among the recoveries: the code and the command that it goes by there, and in hooks. Null where it has none. */
	readonly record: {
		readonly analysis: (request: Taken<Fields>) => string;
		readonly command: (request: Taken<Fields>) => string;
	} | null;
	/**
	 * What makes it a success: somebody was promoted, whoever was left behind; everybody was brought along; somebody was, or there was
	 * nobody to bring; or who returned is in its place again, and not held back.
	 */
	readonly goal: "a promotion" | "everybody" | "anybody" | "its place";
	/** What its outcome says beyond what all do. */
	readonly outcome: (request: Taken<Fields>, end: End) => Own;
}

/** A row of the table of kinds. */
export const operationKind = <
	const Fields extends core.$ZodShape,
	Own extends object,
>(
	row: KindRow<Fields, Own>,
): KindRow<Fields, Own> => row;

/** A row for readers that hold a request of whatever kind. */
export type RowFor<Request> = Omit<
	KindRow<core.$ZodShape, object>,
	"lacks" | "names" | "line" | "record" | "outcome"
> & {
	readonly lacks?: (request: Request) => string;
	readonly names: (request: Request) => readonly InstanceName[];
	readonly line: (request: Request) => string;
	readonly record: {
		readonly analysis: (request: Request) => string;
		readonly command: (request: Request) => string;
	} | null;
	readonly outcome: (request: Request, end: End) => object;
};
