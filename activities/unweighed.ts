import type { Finding } from "../src/analysis/finding.ts";
import { BatonError, errorText } from "../src/errors.ts";
import type { ActivityDeps } from "./dependencies.ts";

type Weigh<Weighed> = (input: {
	readonly identity: string;
	readonly finding: Finding;
}) => Promise<Weighed>;

/**
 * Tells of a finding that cannot be weighed since the store is away, once until it can: the primary may be dead, and nothing else says
 * that nobody does anything about it. Any node that tries and fails tells it.
 */
export const tellingUnweighed = <Weighed>(
	{ log }: Pick<ActivityDeps, "log">,
	weigh: Weigh<Weighed>,
): Weigh<Weighed> => {
	const told = new Set<string>();
	return async (input) => {
		const { identity, finding } = input;
		const { code, instance, says } = finding;
		const key = `${identity} ${instance} ${code}`;
		try {
			const weighed = await weigh(input);
			told.delete(key);
			return weighed;
		} catch (error) {
			const isAway =
				error instanceof BatonError && error.code === "StoreUnavailable";
			if (isAway && !told.has(key)) {
				told.add(key);
				log.warn(
					{ cluster: identity, instance, analysis: code },
					`${says}; NOT decided yet, and nothing is done about it until the store answers: ${errorText(error)}`,
				);
			}
			throw error;
		}
	};
};
