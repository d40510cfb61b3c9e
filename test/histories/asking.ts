// Goes into the bundle of workflows that are replayed: it tells what they ask for. Temporal itself compares names only, and most of what an
// operation does is an activity of one name.

import {
	proxySinks,
	type Sinks,
	type WorkflowInterceptors,
} from "@temporalio/workflow";

/** An activity or a child workflow, with what it was given. */
export interface Asked {
	readonly what: string;
	readonly args: readonly unknown[];
}

export interface AskingSinks extends Sinks {
	readonly asking: { asked(each: Asked): void };
}

export const interceptors = (): WorkflowInterceptors => {
	const { asking } = proxySinks<AskingSinks>();
	return {
		outbound: [
			{
				scheduleActivity: (input, next) => {
					asking.asked({ what: input.activityType, args: input.args });
					return next(input);
				},
				startChildWorkflowExecution: (input, next) => {
					asking.asked({
						what: input.workflowType,
						args: input.options.args ?? [],
					});
					return next(input);
				},
			},
		],
	};
};
