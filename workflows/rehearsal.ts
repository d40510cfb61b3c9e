import {
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import { beginning } from "./activities.ts";

/**
 * What would be done if the primary died now: looked at, planned and shown, without touching anything. Each node rehearses the
 * first clusters that it watches, so that the plan can be read before it is needed and its code has run once.
 */
export const rehearsal = async (input: {
	identity: string;
}): Promise<string> => {
	upsertSearchAttributes({
		BatonCluster: [input.identity],
		BatonOperation: ["rehearsal"],
	});
	const text = await beginning.rehearse.executeWithOptions(
		{ summary: `look at every server of ${input.identity}, and plan` },
		[{ identity: input.identity }],
	);
	setCurrentDetails(text);
	return text;
};
