/** The commands of the two tables of changes. */
import { AnswerError } from "../compat/answer-error.ts";
import { errorJson, okJson } from "../compat/json/envelope.ts";
import type { Json } from "../compat/json/go-json.ts";
import { BatonError, errors } from "../errors.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../planning/operation.ts";
import type { Action, Changed } from "../surface/action.ts";
import {
	type ArgumentsOf,
	type Resolve,
	resolveBy,
	type Takes,
} from "../surface/argument.ts";
import type { Described } from "../surface/described.ts";
import { errorsBeside, leftTexts } from "../surface/ending.ts";
import { type FlagUse, optional } from "../surface/flag-use.ts";
import type { AskedOperation, Operation } from "../surface/operation.ts";
import type { Command, CommandContext } from "./command.ts";
import { ALL_FLAGS } from "./flag-table.ts";
import { planJson, printPlan } from "./print-plan.ts";
import { rowContext } from "./row-context.ts";
import { tellingSteps } from "./step-lines.ts";

const argumentsOf = (context: CommandContext) =>
	resolveBy((argument, name) => {
		if (argument.cli !== undefined) return argument.cli.read(context);
		throw errors.notTyped({ name });
	});

/** In the order of the table of flags, and none twice. */
const inOrder = (flags: readonly FlagUse[]): FlagUse[] =>
	ALL_FLAGS.flatMap(({ name }) => {
		const use = flags.find((each) => each.flag === `-${name}`);
		return use === undefined ? [] : [use];
	});

const describedCommand = (
	row: Described,
): Omit<Command, "flags" | "run" | "json" | "severity"> => ({
	name: row.name,
	category: row.category,
	access: "changes",
	summary: row.says,
	help: row.help,
	...(row.takesWholeList ? { takesWholeList: true } : {}),
});

/**
 * Done, and taken back: what would be changed, and what would refuse it, are found by what does it in earnest. Meanwhile nobody else may
 * be able to write: whatever takes its time, such as a name that is resolved, is waited for before.
 */
const wouldOf = async (
	context: CommandContext,
	row: Action,
): Promise<string> => {
	const taken = await argumentsOf(context)(row.takes);
	const resolve: Resolve = async <Taken extends Takes>() =>
		taken as ArgumentsOf<Taken>;
	if (!row.isLook)
		return context.tentatively(
			async (within) =>
				(await row.run(await rowContext(within), resolve)).would,
		);
	const { lookAt } = context;
	const discovery = { discover: lookAt, crawl: async () => undefined };
	const { would } = await row.run(
		{ ...(await rowContext(context)), discovery: async () => discovery },
		resolve,
	);
	return would;
};

const changedBy = async (
	context: CommandContext,
	row: Action,
): Promise<Changed> => {
	const changed = await row.run(
		await rowContext(context),
		argumentsOf(context),
	);
	if (changed.audited.length > 0) await context.audit(...changed.audited);
	context.log.info(changed.message);
	context.tellLast(changed.hints);
	return changed;
};

const commandOfAction = (row: Action): Command => ({
	...describedCommand(row),
	flags: inOrder([...row.flags, optional("-dry-run")]),
	run: async (context) => {
		if (context.flags.dryRun) return context.print(await wouldOf(context, row));
		const changed = await changedBy(context, row);
		for (const line of changed.lines) context.print(line);
	},
	json: async (context) => {
		if (context.flags.dryRun) return okJson(await wouldOf(context, row), null);
		const changed = await changedBy(context, row);
		return okJson(changed.message, await changed.json());
	},
});

/** As the reference takes it; a person who types it is told. */
const isQuiet = (
	{ flags }: CommandContext,
	{ isQuietWhenRefused }: Operation,
): boolean => isQuietWhenRefused && !flags.isPlain;

/** The arguments resolved; undefined where a refusal is only said. */
const askFor = async (
	context: CommandContext,
	row: Operation,
): Promise<AskedOperation | undefined> => {
	try {
		return await row.ask(
			await rowContext(context),
			argumentsOf(context),
			context.asker,
		);
	} catch (error) {
		const isRefused = error instanceof BatonError && error.code === "Refused";
		if (!isRefused || !isQuiet(context, row)) throw error;
		context.log.info(error.message);
		return undefined;
	}
};

/** The plan in place of the run. @throws BatonError Refused where the run would be refused, and would fail for it */
const showPlan = async (
	context: CommandContext,
	row: Operation,
	request: OperationRequest,
): Promise<void> => {
	const shown = await context.planOf(request);
	if (!isQuiet(context, row)) return printPlan(context, shown);
	printPlan(context, { ...shown, refusal: undefined });
	if (shown.refusal !== undefined) context.log.info(shown.refusal);
};

/** It prints nothing, and is no failure: whoever mistyped a pattern would not know. */
const hasMovedNobody = (outcome: OperationOutcome): boolean =>
	"moved" in outcome && outcome.moved.length === 0 && outcome.left.length === 0;

/** Sessions that were ended, a server that keeps errant transactions …: whoever follows the steps has read it among them. */
const warn = (
	{ log, tellStep }: CommandContext,
	{ warnings = [] }: OperationOutcome,
): void => {
	if (tellStep === undefined) for (const text of warnings) log.notice(text);
};

/** Waits for the end and tells it. @throws BatonError Refused, OperationFailed when it did not reach its goal */
const runToItsEnd = async (
	context: CommandContext,
	row: Operation,
	asked: AskedOperation,
): Promise<void> => {
	const operator = await context.operator();
	const { outcome, failure, lines } = await tellingSteps(
		context,
		asked.request,
		() => asked.run(operator, { isJsonTold: false }),
	);
	for (const text of errorsBeside(outcome, failure?.message ?? ""))
		context.log.error(text);
	for (const line of lines) context.print(line);
	if (failure === undefined) {
		for (const text of leftTexts(outcome)) context.log.error(text);
		warn(context, outcome);
		if (hasMovedNobody(outcome)) context.log.notice(outcome.says);
	} else if (failure.code === "Refused" && isQuiet(context, row))
		context.log.info(failure.message);
	else throw new BatonError(failure.code, failure.message);
};

const runOperation = async (
	context: CommandContext,
	row: Operation,
): Promise<void> => {
	const { flags } = context;
	const asked = await askFor(context, row);
	if (asked === undefined) return;
	const { request } = asked;
	if (flags.dryRun) return showPlan(context, row, request);
	if (flags.noop) throw errors.noop({ kind: request.kind });
	if (flags.noWait) {
		const { workflowId } = await (await context.operator()).start(request);
		context.print(workflowId);
		return;
	}
	await runToItsEnd(context, row, asked);
};

/** A refusal that is no failure on the command line is its answer. @throws BatonError, else */
const refusalJson = (
	context: CommandContext,
	row: Operation,
	error: unknown,
): Json => {
	if (
		error instanceof BatonError &&
		error.code === "Refused" &&
		isQuiet(context, row)
	)
		return errorJson(
			error.message,
			error instanceof AnswerError ? error.details : null,
		);
	throw error;
};

/** Waits for the end. @throws AnswerError Refused, OperationFailed when it did not reach its goal */
const endedJson = async (
	context: CommandContext,
	asked: AskedOperation,
): Promise<Json> => {
	const operator = await context.operator();
	const ended = await tellingSteps(context, asked.request, () =>
		asked.run(operator, { isJsonTold: true }),
	);
	const details = await ended.json();
	if (ended.failure !== undefined)
		throw new AnswerError(ended.failure.code, ended.failure.message, details);
	for (const text of leftTexts(ended.outcome)) context.log.error(text);
	warn(context, ended.outcome);
	return okJson(ended.message, details);
};

const operationJson = async (
	context: CommandContext,
	row: Operation,
): Promise<Json> => {
	const { flags } = context;
	const { request, ...asked } = await row.ask(
		await rowContext(context),
		argumentsOf(context),
		context.asker,
	);
	if (flags.dryRun) return planJson(await context.planOf(request));
	if (flags.noop) throw errors.noop({ kind: request.kind });
	if (!flags.noWait) return endedJson(context, { request, ...asked });
	const { workflowId, runId } = await (await context.operator()).start(request);
	return okJson(`${row.name} started: ${workflowId}`, {
		WorkflowId: workflowId,
		RunId: runId,
	});
};

const commandOfOperation = (row: Operation): Command => ({
	...describedCommand(row),
	severity: row.severity,
	flags: inOrder([
		...row.flags,
		optional("-no-wait"),
		optional("-dry-run"),
		optional("-break-glass"),
	]),
	run: (context) => runOperation(context, row),
	json: async (context) => {
		try {
			return await operationJson(context, row);
		} catch (error) {
			return refusalJson(context, row, error);
		}
	},
});

const isTyped = (row: Described): boolean => !row.isApiOnly;

export const actionCommands = (rows: readonly Action[]): Command[] =>
	rows.filter(isTyped).map(commandOfAction);

export const operationCommands = (rows: readonly Operation[]): Command[] =>
	rows.filter(isTyped).map(commandOfOperation);
