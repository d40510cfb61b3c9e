import {
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import { explainCluster } from "../src/planning/explain.ts";
import { beginning, operations } from "./activities.ts";

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
	const snapshot = await beginning.look.executeWithOptions(
		{ summary: `look at every server of ${input.identity}` },
		[{ identity: input.identity }],
	);
	const settings = await operations.settings.executeWithOptions(
		{ summary: "what the configuration says about promotions" },
		[{ instances: snapshot.instances.map((each) => each.name) }],
	);
	const plan = explainCluster(snapshot, {}, settings);
	setCurrentDetails(plan);
	return plan;
};
