import { errorText } from "../errors.ts";
import { isOfNames } from "../topology/check.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";

/** A server that did not answer a look. */
interface Unanswered {
	readonly instance: InstanceName;
	/** When it was last seen, milliseconds since the epoch; 0 for never. */
	readonly seenAtMs: number;
	readonly error: string;
}

/** The servers of a cluster as far as they answer now; of the others what the store knows. */
export interface Looked {
	readonly snapshot: Snapshot;
	readonly answered: number;
	readonly unanswered: readonly Unanswered[];
}

const unansweredOf = (
	{ name, check }: Instance,
	error: string,
): Unanswered => ({
	instance: name,
	seenAtMs: check.seenAtMs,
	error,
});

/** Puts a look beside what the store knows: who did not answer counts as the store has it, and is named. */
const besideStored = (stored: Snapshot, looked: Snapshot): Looked => {
	const kept = new Map(stored.instances.map((each) => [each.name, each]));
	return {
		snapshot: {
			...looked,
			instances: looked.instances.map((each) =>
				isLastCheckValid(each)
					? each
					: { ...each, check: kept.get(each.name)?.check ?? each.check },
			),
		},
		answered: looked.instances.filter(isLastCheckValid).length,
		unanswered: looked.instances
			.filter((each) => !isLastCheckValid(each))
			.map((each) =>
				unansweredOf(kept.get(each.name) ?? each, each.check.error),
			),
	};
};

/** Looks at the servers. That it could not look at all is told of each: the store's answer is better than none. */
export const lookBeside = async (
	stored: Snapshot,
	look: (identity: string) => Promise<Snapshot>,
): Promise<Looked> => {
	try {
		return besideStored(stored, await look(stored.identity));
	} catch (error) {
		return {
			snapshot: stored,
			answered: 0,
			unanswered: stored.instances.map((each) =>
				unansweredOf(each, errorText(error)),
			),
		};
	}
};

/** The stored instances with what is missing on each as it is now: that needs no second look to be believed. */
export const withLookedFindings = (
	stored: Snapshot,
	{ snapshot }: Looked,
): Snapshot => {
	const now = new Map(
		snapshot.instances.map((each) => [each.name, each.findings]),
	);
	const findingsOf = ({ name, findings }: Instance) => {
		const looked = now.get(name);
		return looked === undefined
			? findings
			: [...looked, ...findings.filter(isOfNames)];
	};
	return {
		...stored,
		instances: stored.instances.map((each) => ({
			...each,
			findings: findingsOf(each),
		})),
	};
};
