import type { Answer } from "./answer.ts";
import { textOf } from "./cell.ts";
import { ServerFault } from "./driver-error.ts";
import type { Session } from "./session.ts";

const MAXSCALE = "SHOW VARIABLES LIKE 'maxscale%'";

const versionIn = (answer: Answer | undefined): string =>
	answer === undefined || answer instanceof ServerFault
		? ""
		: textOf(answer[0] ?? {}, "Value");

/** @returns the version of the MaxScale that the session is with; empty of any other server, and where it does not say */
export const askMaxScaleVersion = async (
	session: Pick<Session, "queryAll">,
	deadlineMs?: number,
): Promise<string> => {
	const [answer] = await session.queryAll([MAXSCALE], deadlineMs);
	return versionIn(answer);
};
