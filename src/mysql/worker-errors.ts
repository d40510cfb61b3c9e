/** Of a parallel applier the status names the worker that failed and the table that has its error, and not the error. */
import type { Row } from "./answer.ts";
import { textOf } from "./cell.ts";

const ERROR = "Last_SQL_Error";

const isElsewhere = (status: Row): boolean =>
	textOf(status, ERROR).includes("replication_applier_status_by_worker");

/** `Worker 1 failed executing transaction … at source log …, end_log_pos 800; why`: why it was comes first, since long texts are cut. */
const reasonFirst = (text: string): string =>
	text.replace(/^(Worker \d+ failed .*?); ([\s\S]+)$/, "$2; $1");

/** Whether one of the channels keeps its error elsewhere. */
export const someElsewhere = (status: readonly Row[]): boolean =>
	status.some(isElsewhere);

/**
 * The status with the errors themselves.
 * @param errors of the workers (channel, says), the first that failed first
 * @param channel the column of the status that has the channel's name
 */
export const withWorkerErrors = (
	status: readonly Row[],
	errors: readonly Row[],
	channel: string,
): Row[] =>
	status.map((each) => {
		const error = isElsewhere(each)
			? errors.find((one) => textOf(one, "channel") === textOf(each, channel))
			: undefined;
		return error === undefined
			? each
			: { ...each, [ERROR]: reasonFirst(textOf(error, "says")) };
	});
