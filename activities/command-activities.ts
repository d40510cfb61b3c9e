import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import type { AuditTrail } from "../src/audit/audit-trail.ts";
import { askedForBy, recordChanges } from "../src/audit/changes.ts";
import type { Names } from "../src/naming/names.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import { checkedRequest } from "../src/planning/request-schema.ts";
import type { ClusterRecord } from "../src/store/contract.ts";
import type { Called } from "../src/surface/argument.ts";
import type { RowContext } from "../src/surface/context.ts";
import type { Failure } from "../src/surface/ending.ts";
import {
	type GivenCommand,
	givenCommand,
	resolveGiven,
} from "../src/surface/given.ts";
import type { KeptOperation } from "../src/surface/operation.ts";
import { type NamedRow, rowNamed } from "../src/surface/row-named.ts";
import { changeTold, operationTold, type Told } from "../src/surface/told.ts";
import type { CancelOperation } from "../temporal/operation-cancel.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { hashOf } from "./request-hash.ts";
import { seeingStore } from "./store-sight.ts";

/** What the rows of the two tables work with, in a process that works commands off. */
export interface RowWork {
	context(): RowContext;
	readonly names: Names;
	readonly audit: AuditTrail;
}

export interface CommandDeps
	extends Pick<ActivityDeps, "store" | "config" | "sight" | "nowMs"> {
	readonly rows: RowWork;
	/** @throws BatonError UnknownCluster */
	readonly clusterOf: (request: OperationRequest) => Promise<ClusterRecord>;
	readonly cancel: CancelOperation;
}

/** A command that was read: its row and its arguments are there. */
export type ReadCommand =
	| { readonly is: "action"; readonly command: string }
	| {
			readonly is: "operation";
			readonly command: string;
			readonly cluster: Pick<ClusterRecord, "identity" | "alias">;
			readonly request: OperationRequest;
			readonly kept: KeptOperation;
	  };

/** Between two questions whether an operation was begun. Milliseconds. */
const BEGUN_AGAIN_MS = 100;

/** Of a workflow's id, in the records. Characters. */
const LONGEST_ID = 100;

/** Commands that were given to Temporal by name, in the words of both surfaces. */
export const createCommandActivities = (deps: CommandDeps) => {
	const { store, rows } = deps;

	const askerOf = ({ requestedBy }: GivenCommand): string => {
		const { workflowExecution } = Context.current().info;
		return requestedBy === ""
			? `workflow ${workflowExecution?.workflowId.slice(0, LONGEST_ID)}`
			: requestedBy;
	};

	/** @throws BatonError BadInput naming what speaks against it */
	const read = (
		told: unknown,
	): { readonly given: GivenCommand; readonly named: NamedRow } => {
		const given = givenCommand(told);
		return { given, named: rowNamed(given.command) };
	};

	const resolved = (
		{ row }: NamedRow,
		given: GivenCommand,
	): ReturnType<typeof resolveGiven> => {
		const called: Called = {
			names: rows.names,
			configuration: deps.config(),
			asker: askerOf(given),
		};
		return resolveGiven(row, given.args, called);
	};

	/** The run that has begun what that workflow asks for; undefined when it was ended first. */
	const begunBy = async (
		identity: string,
		asked: string,
		signal: AbortSignal,
	): Promise<string | undefined> => {
		while (!signal.aborted) {
			const begun = await store.operations.begun(hashOf(identity, asked));
			if (begun !== undefined) return begun.runId;
			await delay(BEGUN_AGAIN_MS, undefined, { signal }).catch(() => undefined);
		}
		return undefined;
	};

	const seeing = seeingStore(deps.sight, {
		/** What is asked for, as a request that can be run. */
		readCommand: async (told: unknown): Promise<ReadCommand> => {
			const { given, named } = read(told);
			const resolve = resolved(named, given);
			if (named.is === "action") {
				// Its arguments are looked at before anything is changed.
				await resolve(named.row.takes);
				return { is: "action", command: named.row.name };
			}
			const asked = await named.row.ask(
				rows.context(),
				resolve,
				askerOf(given),
			);
			const request = checkedRequest(asked.request);
			const { identity, alias } = await deps.clusterOf(request);
			return {
				is: "operation",
				command: named.row.name,
				cluster: { identity, alias },
				request,
				kept: await asked.kept(),
			};
		},

		/** A change of the store alone. */
		runAction: async (told: unknown): Promise<Told> => {
			const { given, named } = read(told);
			if (named.is !== "action") throw new TypeError("no action");
			const changed = await named.row.run(
				rows.context(),
				resolved(named, given),
			);
			const asker = askerOf(given);
			await recordChanges(
				rows.audit,
				changed.audited.map((each) => ({
					...each,
					message: askedForBy(each.message, asker),
				})),
				deps.nowMs(),
			);
			return changeTold(changed);
		},

		/** What came of an operation, in the words of both surfaces. */
		tellCommand: async ({
			command,
			kept,
			outcome,
		}: {
			readonly command: string;
			readonly kept: KeptOperation;
			readonly outcome: OperationOutcome;
		}): Promise<Told & { readonly failure?: Failure }> => {
			const named = rowNamed(command);
			if (named.is !== "operation") throw new TypeError("no operation");
			return operationTold(named.row.tell(rows.context(), kept, outcome));
		},
	});

	return translated({
		readCommand: (told: unknown) => beating(() => seeing.readCommand(told)),
		runAction: (told: unknown) => beating(() => seeing.runAction(told)),
		tellCommand: (input: Parameters<typeof seeing.tellCommand>[0]) =>
			beating(() => seeing.tellCommand(input)),

		/**
		 * Asks the operation to end that the workflow has asked for which asks this, as soon as it has begun.
		 * @returns why that changes nothing any more; empty when it was asked, or has ended
		 */
		endAsked: (request: OperationRequest): Promise<string> =>
			beating(async () => {
				const { info, cancellationSignal } = Context.current();
				const { identity } = await deps.clusterOf(request);
				const runId = await begunBy(
					identity,
					info.workflowExecution?.runId ?? "",
					cancellationSignal,
				);
				return runId === undefined ? "" : deps.cancel(identity, runId);
			}),
	});
};

export type CommandActivities = ReturnType<typeof createCommandActivities>;
