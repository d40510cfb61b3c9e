import type { StepSession } from "./step-session.ts";

/** read_only, and super_read_only where the server has it. */
export const setReadOnly = async (
	step: StepSession,
	on: boolean,
	deadlineMs: number,
): Promise<void> => {
	for (const sql of step.dialect.setReadOnly(on, true))
		await step.write(sql, deadlineMs);
};
