import type { Json } from "../compat/json/go-json.ts";
import { errors } from "../errors.ts";
import { knownInstance } from "../naming/instances.ts";
import type { Severity } from "../operations/kinds/row.ts";
import { severityOf } from "../operations/severity.ts";
import type {
	OperationKind,
	OperationOutcome,
	OperationRequest,
	Operator,
	OutcomeOf,
	RequestOf,
} from "../planning/operation.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ArgumentsOf, Resolve, Takes } from "./argument.ts";
import type { RowContext } from "./context.ts";
import { type Described, described, type Wording } from "./described.ts";
import { type Failure, failureOf } from "./ending.ts";

/** A request, but for what every row gives it alike. */
type Asked<Request> = Request extends OperationRequest
	? Omit<Request, "kind" | "requestedBy">
	: never;

/** An operation that has ended. */
export interface Ended<Kind extends OperationKind, Args, Before> {
	readonly outcome: OutcomeOf<Kind>;
	readonly args: Args;
	/** Undefined for a row that notes nothing. */
	readonly before: Before | undefined;
	readonly context: RowContext;
}

/** How an operation that has ended is told. */
interface Tells<Kind extends OperationKind, Args, Before> {
	/** For stdout, also of a failure whose result stands. */
	readonly lines: (outcome: OutcomeOf<Kind>, args: Args) => readonly string[];
	/** `Message` of a success. */
	readonly message: (outcome: OutcomeOf<Kind>, args: Args) => string;
	/** `Message` of a refusal, where it is more than the reason. */
	readonly refusal?: (says: string) => string;
	/** `Details` of a success. */
	readonly json: (ended: Ended<Kind, Args, Before>) => Json | Promise<Json>;
	/** Whoever is left where it was makes it a failure, however many were moved. */
	readonly isAllOrNothing?: true;
	/** `Details` of a failure. */
	readonly failed: (ended: Ended<Kind, Args, Before>) => Json | Promise<Json>;
}

/** What takes a cluster for itself and changes servers, as a row: what both surfaces need to offer it. */
interface OperationRow<Kind extends OperationKind, Taken extends Takes, Before>
	extends Wording<Taken> {
	/** Decides which planner and which workflow it is, and how severe. */
	readonly kind: Kind;
	/** Servers of which the store must know something; else it is not asked for. */
	readonly mustBeKnown?: (args: ArgumentsOf<Taken>) => readonly InstanceName[];
	/** @throws BatonError Refused when there is nothing that could be asked for */
	readonly request: (
		args: ArgumentsOf<Taken>,
		context: RowContext,
	) => Asked<RequestOf<Kind>> | Promise<Asked<RequestOf<Kind>>>;
	/** What the JSON tells of the time before, as plain JSON; read only where that is told. */
	readonly before?: (
		args: ArgumentsOf<Taken>,
		context: RowContext,
	) => Promise<Before>;
	readonly tells: Tells<Kind, ArgumentsOf<Taken>, Before>;
	/** On the command line a refusal is no failure: it says so at level INFO and prints nothing. */
	readonly isQuietWhenRefused?: true;
}

/** An operation that has ended, as a surface tells it. */
export interface OperationTold {
	readonly outcome: OperationOutcome;
	/** Why it did not reach its goal; undefined when it did. */
	readonly failure: Failure | undefined;
	readonly lines: readonly string[];
	readonly message: string;
	/** `Details`, of the success or of the failure. */
	json(): Promise<Json>;
}

/** What its end is told by, where another process tells it than the one that asked: plain JSON. */
export interface KeptOperation {
	readonly args: unknown;
	/** Undefined for a row that notes nothing. */
	readonly before?: unknown;
}

/** An operation whose arguments are resolved. */
export interface AskedOperation {
	readonly request: OperationRequest;
	/** What {@link Operation.tell} needs of it. */
	kept(): Promise<KeptOperation>;
	/**
	 * Waits for its end.
	 * @param isJsonTold what the JSON says of the time before is read first
	 * @throws BatonError as {@link Operator.run}
	 */
	run(
		operator: Operator,
		options: { readonly isJsonTold: boolean },
	): Promise<OperationTold>;
}

export interface Operation extends Described {
	readonly kind: OperationKind;
	readonly severity: Severity;
	readonly isQuietWhenRefused: boolean;
	/** @throws BatonError Refused, UnknownInstance, BadInput … */
	readonly ask: (
		context: RowContext,
		resolve: Resolve,
		requestedBy: string,
	) => Promise<AskedOperation>;
	/** Tells an operation of this row that has ended. */
	readonly tell: (
		context: RowContext,
		kept: KeptOperation,
		outcome: OperationOutcome,
	) => OperationTold;
}

const told = <Kind extends OperationKind, Args, Before>(
	tells: Tells<Kind, Args, Before>,
	ended: Ended<Kind, Args, Before>,
): OperationTold => {
	const { outcome, args } = ended;
	const failure = failureOf(
		outcome,
		tells.refusal,
		tells.isAllOrNothing === true,
	);
	return {
		outcome,
		failure,
		lines: tells.lines(outcome, args),
		message: tells.message(outcome, args),
		json: async () =>
			failure === undefined ? tells.json(ended) : tells.failed(ended),
	};
};

/** Servers of two clusters have nothing to do with each other. @throws BatonError Refused */
const checkOneCluster = async (
	{ clusters }: Pick<RowContext["store"], "clusters">,
	[instance, ...others]: readonly InstanceName[],
): Promise<void> => {
	if (instance === undefined || others.length === 0) return;
	const home = await clusters.identityOf(instance);
	if (home === undefined) return;
	const nameOf = async (identity: string): Promise<string> => {
		const found = await clusters.byIdentity(identity);
		return found?.alias || found?.clusterName || identity;
	};
	for (const other of others) {
		const its = await clusters.identityOf(other);
		if (its !== undefined && its !== home)
			throw errors.notInOneCluster({
				other,
				instance,
				cluster: await nameOf(home),
				its: await nameOf(its),
			});
	}
};

/** A row of the operation table. */
export const operation = <
	const Kind extends OperationKind,
	const Taken extends Takes,
	Before = undefined,
>(
	name: string,
	row: OperationRow<Kind, Taken, Before>,
): Operation => ({
	...described(name, row),
	kind: row.kind,
	severity: severityOf(row.kind),
	isQuietWhenRefused: row.isQuietWhenRefused === true,
	tell: (context, { args, before }, outcome) =>
		// Kept by this very row, of an operation that it asked for.
		told(row.tells, {
			outcome: outcome as unknown as OutcomeOf<Kind>,
			args: args as ArgumentsOf<Taken>,
			before: before as Before | undefined,
			context,
		}),
	ask: async (context, resolve, requestedBy) => {
		const args = await resolve(row.takes);
		const named = row.mustBeKnown?.(args) ?? [];
		for (const each of named) await knownInstance(context.store, each);
		await checkOneCluster(context.store, named);
		const asked = await row.request(args, context);
		const whole = { kind: row.kind, ...asked, requestedBy };
		// These three are a request of that kind, which the compiler sees for each kind but not for any.
		const request = whole as unknown as RequestOf<Kind>;
		return {
			request,
			kept: async () => ({
				args,
				before: await row.before?.(args, context),
			}),
			run: async (operator, { isJsonTold }) => {
				const before = isJsonTold
					? await row.before?.(args, context)
					: undefined;
				const outcome = await operator.run<Kind>(request);
				return told(row.tells, { outcome, args, before, context });
			},
		};
	},
});
