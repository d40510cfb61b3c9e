/** The routes of the two tables of changes. */
import { type core, object, optional } from "zod/mini";
import { AnswerError } from "../compat/answer-error.ts";
import { planDetails, WOULD_BE_DONE } from "../compat/json/plan.ts";
import { errors } from "../errors.ts";
import type { Action } from "../surface/action.ts";
import { type Resolve, resolveBy } from "../surface/argument.ts";
import { dryRunField, isDryRun } from "../surface/arguments/field.ts";
import type { RowContext } from "../surface/context.ts";
import type { Described } from "../surface/described.ts";
import type { Operation } from "../surface/operation.ts";
import type { ApiDeps } from "./deps.ts";
import type { Reading } from "./reading.ts";
import {
	type Call,
	CHANGE,
	envelopeRoutes,
	type Route,
	success,
} from "./route.ts";

const rowContext = (deps: ApiDeps): RowContext => ({
	store: deps.store,
	configuration: deps.config(),
	nowMs: deps.nowMs(),
	node: deps.node,
	discovery: async () => deps.discovery,
	crawlOn: (name) => {
		deps.discovery.crawl(name).catch((error: unknown) => {
			deps.log.warn({ err: error, instance: name }, "discovery stopped early");
		});
	},
	analyse: deps.analyse,
	rolling: async () => deps.rolling,
	lookAt: deps.lookAt,
});

/** Who asked, for the record. */
const askerOf = (
	deps: ApiDeps,
	{ caller }: Pick<Call<unknown>, "caller">,
): string => caller.user || deps.node.hostname;

type RowCall = Call<Readonly<Record<string, unknown>>>;

const argumentsOf = (
	deps: ApiDeps,
	{ names }: Reading,
	call: RowCall,
): Resolve => {
	const called = {
		names,
		configuration: deps.config(),
		asker: askerOf(deps, call),
	};
	return resolveBy((argument, name) => {
		if (argument.api !== undefined)
			return argument.api.read(call.input, called);
		throw errors.noParameter({ name });
	});
};

const specOf = (row: Described) => {
	// What it holds is known to the arguments alone, which read their own fields out of it.
	const input: core.$ZodType<Readonly<Record<string, unknown>>> = object(
		row.fields,
	);
	return {
		...CHANGE,
		paths: row.routes,
		says: row.saysInApi,
		query: row.query,
		input,
	};
};

/** Each can be asked for in advance. */
const specOfOperation = (row: Operation) => ({
	...specOf({
		...row,
		fields: { ...row.fields, dryRun: optional(dryRunField) },
		query: [...row.query, "dryRun"],
	}),
	severity: row.severity,
});

const routesOfAction = (
	deps: ApiDeps,
	reading: Reading,
	row: Action,
): Route[] =>
	envelopeRoutes(specOf(row), async (call) => {
		const changed = await row.run(
			rowContext(deps),
			argumentsOf(deps, reading, call),
		);
		return success(await changed.json(), changed.message, changed.audited);
	});

const routesOfOperation = (
	deps: ApiDeps,
	reading: Reading,
	row: Operation,
): Route[] =>
	envelopeRoutes(specOfOperation(row), async (call) => {
		const asked = await row.ask(
			rowContext(deps),
			argumentsOf(deps, reading, call),
			askerOf(deps, call),
		);
		if (isDryRun(call.input["dryRun"]))
			return success(
				planDetails(await deps.planOf(asked.request)),
				WOULD_BE_DONE,
			);
		const ended = await asked.run(deps.operator, { isJsonTold: true });
		const details = await ended.json();
		if (ended.failure === undefined) return success(details, ended.message);
		const { code, message } = ended.failure;
		throw new AnswerError(code, message, details);
	});

export const actionRoutes = (
	deps: ApiDeps,
	reading: Reading,
	rows: readonly Action[],
): Route[] => rows.flatMap((row) => routesOfAction(deps, reading, row));

/** Each is an operation of the cluster, run as a durable workflow. */
export const operationRoutes = (
	deps: ApiDeps,
	reading: Reading,
	rows: readonly Operation[],
): Route[] => rows.flatMap((row) => routesOfOperation(deps, reading, row));
