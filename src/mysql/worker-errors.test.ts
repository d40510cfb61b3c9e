import { expect, test } from "vitest";
import { someElsewhere, withWorkerErrors } from "./worker-errors.ts";

const ELSEWHERE =
	"Coordinator stopped because there were error(s) in the worker(s). The most recent failure being: Worker 1 failed executing transaction 'a:5' at source log binlog.000002, end_log_pos 800. See error log and/or performance_schema.replication_applier_status_by_worker table for more details about this failure or others, if any.";
const ERROR =
	"Worker 1 failed executing transaction 'a:5' at source log binlog.000002, end_log_pos 800; Duplicate entry '1' for key 'writes.PRIMARY'";

const status = [
	{ Channel_Name: "", Last_SQL_Error: ELSEWHERE },
	{ Channel_Name: "sales", Last_SQL_Error: ELSEWHERE },
	{ Channel_Name: "other", Last_SQL_Error: "its own" },
];

test("a parallel applier's error is its worker's, by the channel", () => {
	expect(
		withWorkerErrors(
			status,
			[
				{ channel: "", says: ERROR },
				{ channel: "", says: "a later one" },
				{ channel: "other", says: "not asked for" },
			],
			"Channel_Name",
		).map((each) => each.Last_SQL_Error),
	).toEqual([
		"Duplicate entry '1' for key 'writes.PRIMARY'; Worker 1 failed executing transaction 'a:5' at source log binlog.000002, end_log_pos 800",
		ELSEWHERE,
		"its own",
	]);
});

test("only a status that has its error elsewhere is asked about again", () => {
	expect(someElsewhere(status)).toBe(true);
	expect(someElsewhere(status.slice(2))).toBe(false);
	expect(someElsewhere([{ Last_SQL_Error: "" }])).toBe(false);
});
