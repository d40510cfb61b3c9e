import type { StepSession } from "../step-session.ts";

const SET_NEXT = "SET SESSION gtid_next = ?";

/**
 * Commits an empty transaction for each GTID. The session goes on with GTIDs of its server's own.
 * @throws ServerFault; BatonError Superseded
 */
export const commitEmpty = async (
	session: StepSession,
	gtids: readonly string[],
	onEach: (count: number) => void = () => undefined,
): Promise<void> => {
	try {
		for (const [at, gtid] of gtids.entries()) {
			session.goOn();
			await session.write({ sql: SET_NEXT, values: [gtid] });
			await session.write("BEGIN");
			await session.write("COMMIT");
			onEach(at + 1);
		}
	} finally {
		if (session.session.isOpen) {
			await session.write("ROLLBACK", { takesBack: true, isFleeting: true });
			await session.write(
				{ sql: SET_NEXT, values: ["AUTOMATIC"] },
				{ takesBack: true, isFleeting: true },
			);
		}
	}
};
