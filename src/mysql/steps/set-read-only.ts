import type { StepOf } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** While it waits no write begins: it is given up before clients notice more than a pause. */
const LOCK_WAIT_S = 10;
const SWITCH_MS = 12_000;

const isSo = (instance: Instance, readOnly: boolean): boolean =>
	readOnly
		? instance.readOnly &&
			(instance.flavor === "MariaDB" || instance.superReadOnly)
		: !instance.readOnly && !instance.superReadOnly;

/** Switches read-only, and ends nobody's session. Waits for commits that are under way. */
export const setReadOnly = (
	run: StepRun,
	{ on, readOnly }: StepOf<"setReadOnly">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const word = readOnly ? "read-only" : "writable";
		if (isSo(await session.look(), readOnly))
			return finding("already", `${on} is ${word}`);
		await session.read(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_S}`);
		await session.write(
			session.dialect.setReadOnly({ readOnly, superReadOnly: readOnly }),
			{ deadlineMs: SWITCH_MS },
		);
		return isSo(await session.look(), readOnly)
			? finding("done", `made ${on} ${word}`)
			: finding("failed", `${on} is not ${word}`);
	});
