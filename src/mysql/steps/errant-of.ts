import { errantHeld } from "../../topology/gtid/errant-held.ts";
import { type Instance, sourceOf } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { StepRun } from "./step-context.ts";

/** The servers above it, as the operation's picture has them, nearest first. */
const above = (
	run: Pick<StepRun, "known">,
	on: InstanceName,
): readonly Instance[] => {
	const found = new Map<InstanceName, Instance>();
	let source = sourceOf(run.known(on));
	while (source !== undefined && source !== on && !found.has(source)) {
		const known = run.known(source);
		found.set(source, known);
		source = sourceOf(known);
	}
	return [...found.values()];
};

/** What is known to be errant of what the server has: on itself, and on those above it, from which it gets it. */
export const errantOf = (
	run: Pick<StepRun, "known">,
	on: InstanceName,
): string => errantHeld(run.known(on), above(run, on));
