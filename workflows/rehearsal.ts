import {
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import { asSummary, blockInMarkdown } from "../temporal/markdown.ts";
import { reaching, rehearse } from "./activities.ts";
import { checkInput, isText } from "./inputs.ts";

/**
 * What would be done if the primary died now: looked at, planned and shown, and the sessions tried in which it would be done, without
 * touching anything. Each node rehearses the first clusters that it watches, so that the plan can be read before it is needed, and
 * the way of a failover has been gone once.
 */
export const rehearsal = async (input: {
	identity: string;
}): Promise<string> => {
	checkInput("rehearsal", input, { identity: isText });
	const { identity } = input;
	upsertSearchAttributes({
		BatonCluster: [identity],
		BatonOperation: ["rehearsal"],
	});
	const plan = await rehearse(`look at every server of ${identity}, and plan`, {
		identity,
	});
	setCurrentDetails(blockInMarkdown(plan));
	const reached = await reaching.reach.executeWithOptions(
		{
			summary: asSummary(
				`try the sessions of steps to every server of ${identity}`,
			),
		},
		[{ identity }],
	);
	const text = `${plan}\n\n${reached}`;
	setCurrentDetails(blockInMarkdown(text));
	return text;
};
