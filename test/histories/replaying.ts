import { fileURLToPath } from "node:url";
import { defaultPayloadConverter } from "@temporalio/common";
import {
	bundleWorkflowCode,
	type InjectedSinks,
	Worker,
} from "@temporalio/worker";
import type { Asked, AskingSinks } from "./asking.ts";
import type { storedHistories } from "./stored.ts";

type Stored = ReturnType<typeof storedHistories>[number];
type History = Stored["history"];

export type Bundle = Awaited<ReturnType<typeof bundleWorkflowCode>>;

/** The workflows, with an ear for what they ask for. */
export const bundleToReplay = (workflowsPath: string): Promise<Bundle> =>
	bundleWorkflowCode({
		workflowsPath,
		workflowInterceptorModules: [
			fileURLToPath(new URL("./asking.ts", import.meta.url)),
		],
	});

const decoded = (
	input: { readonly payloads?: readonly unknown[] | null } | null | undefined,
): unknown[] =>
	(input?.payloads ?? []).map((each) =>
		defaultPayloadConverter.fromPayload(
			each as Parameters<typeof defaultPayloadConverter.fromPayload>[0],
		),
	);

/** What was asked for when it was recorded. Local activities leave no input behind. */
export const recordedIn = ({ events }: History): Asked[] =>
	(events ?? []).flatMap((event) => {
		const activity = event.activityTaskScheduledEventAttributes;
		const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
		if (activity)
			return [
				{
					what: activity.activityType?.name ?? "",
					args: decoded(activity.input),
				},
			];
		return child
			? [
					{
						what: child.workflowType?.name ?? "",
						args: decoded(child.input),
					},
				]
			: [];
	});

/** Replays a history. @returns what the workflow asks for today @throws what Temporal notices */
export const replayed = async (
	workflowBundle: Bundle,
	{ history, workflowId }: Pick<Stored, "history" | "workflowId">,
): Promise<Asked[]> => {
	const all: Asked[] = [];
	const sinks: InjectedSinks<AskingSinks> = {
		asking: {
			asked: {
				fn: (_, { what, args }) => {
					// As it would go into the history.
					all.push({ what, args: JSON.parse(JSON.stringify(args)) });
				},
				callDuringReplay: true,
			},
		},
	};
	await Worker.runReplayHistory({ workflowBundle, sinks }, history, workflowId);
	return all;
};
