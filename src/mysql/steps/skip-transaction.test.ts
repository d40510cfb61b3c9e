import { expect, it } from "vitest";
import { uuid } from "../../../test/support/made-up-servers.ts";
import { gtidInError } from "./skip-transaction.ts";

const GTID = `${uuid(1)}:17`;

it.each([
	[
		`Coordinator stopped because there were error(s) in the worker(s). The most recent failure being: Worker 1 failed executing transaction '${GTID}' at source log binlog.000001, end_log_pos 1234.`,
		GTID,
	],
	[
		`Worker 1 failed executing transaction '${uuid(1)}:tag:17' at source log`,
		`${uuid(1)}:tag:17`,
	],
	["Worker 1 failed executing transaction 'ANONYMOUS' at source log", ""],
	[`Duplicate entry '${GTID}' for key`, ""],
	["", ""],
])("of %s", (error, gtid) => {
	expect(gtidInError(error)).toBe(gtid);
});
