import {
	CancellationScope,
	CancelledFailure,
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import { requestTitle } from "../src/operations/recovery-request.ts";
import { instancesNamedBy } from "../src/planning/operation.ts";
import type { Told } from "../src/surface/told.ts";
import { asSummary, inMarkdown } from "../temporal/markdown.ts";
import { LONGEST_ALIAS, operationWorkflowId } from "../temporal/names.ts";
import { toldAs } from "../temporal/outcome-failure.ts";
import { acting, reading } from "./activities.ts";
import { askEntity, inOwnWords, TOO_LATE } from "./asking.ts";
import { refuseMore } from "./inputs.ts";

/** What came of a command, and of the cancellation that was asked for. */
type CommandTold = Told & {
	readonly command: string;
	/** Why it was not cancelled, though that was asked for. */
	readonly notCancelled?: string;
};

const details = (title: string, lines: readonly string[]): string =>
	[`**${inMarkdown(title)}**`, ...lines.map(inMarkdown)].join("\n\n");

const show = (title: string, ...lines: readonly string[]): void =>
	setCurrentDetails(details(title, lines));

const state = (word: "running" | "succeeded" | "failed"): void =>
	upsertSearchAttributes({ BatonState: [word] });

/**
 * `temporal workflow start --type operation --input '{"command":"relocate","args":{"instance":"db3:3306","below":"db2:3306"}}'`: any
 * command that changes something, by name, with the arguments of its routes. The cluster's entity runs the operation; this one asks for
 * it, waits, and tells what came of it as the command line and the API do.
 * @throws where it did not reach its goal; all that is told is in the failure
 */
export const operation = async (
	given: unknown,
	...more: readonly unknown[]
): Promise<CommandTold> => {
	refuseMore("operation", more);
	const read = await inOwnWords(
		reading.readCommand.executeWithOptions(
			{ summary: asSummary("read what is asked for, and resolve its names") },
			[given],
		),
	);
	const { command } = read;
	if (read.is === "action") {
		show(command);
		const whole = CancellationScope.current();
		if (whole.consideredCancelled)
			throw new CancelledFailure("it was cancelled, and nothing was done");
		// It is done at once: whoever cancels it meanwhile is not told that it was not.
		const told = await CancellationScope.nonCancellable(() =>
			inOwnWords(
				acting.runAction.executeWithOptions({ summary: asSummary(command) }, [
					given,
				]),
			),
		);
		show(told.answer.Message);
		return {
			command,
			...told,
			...(whole.consideredCancelled ? { notCancelled: TOO_LATE } : {}),
		};
	}
	const { cluster, request, kept } = read;
	const { identity, alias } = cluster;
	const where = `It runs as ${operationWorkflowId(identity)}; cancel this one to have it taken back.`;
	const title = requestTitle(alias, request);
	show(title, where);
	upsertSearchAttributes({
		BatonCluster: [identity],
		...(alias === "" ? {} : { BatonAlias: [alias.slice(0, LONGEST_ALIAS)] }),
		BatonOperation: [request.kind],
		BatonInstances: [...instancesNamedBy(request)],
	});
	state("running");
	try {
		const { outcome, notCancelled } = await askEntity(request, (says) =>
			show(title, where, `It was to be cancelled: ${says}.`),
		);
		// Whoever has cancelled it is told what came of that.
		const { failure, ...told } = await CancellationScope.nonCancellable(() =>
			reading.tellCommand.executeWithOptions(
				{ summary: asSummary(`tell how ${title} ended`) },
				[{ command, kept, outcome }],
			),
		);
		show(title, told.answer.Message);
		const whole = {
			command,
			...told,
			...(notCancelled === "" ? {} : { notCancelled }),
		};
		const ended = toldAs(whole, failure);
		state("succeeded");
		return ended;
	} catch (error) {
		state("failed");
		throw error;
	}
};
