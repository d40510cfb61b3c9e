import type { ApplierQueries } from "../../dialect.ts";

const APPLIERS =
	"SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'system user'";

export const applier: ApplierQueries = {
	work: `SELECT SUM(trx_rows_modified + trx_rows_locked) AS work
 FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id IN (${APPLIERS})`,
	states: `SELECT STATE AS state FROM information_schema.PROCESSLIST WHERE USER = 'system user'
 UNION ALL SELECT 'Waiting for a row lock' FROM information_schema.INNODB_TRX
 WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id IN (${APPLIERS})`,
	// Who holds a table's lock is told by a plugin only that is not loaded as a rule.
	holders: `SELECT holder.trx_mysql_thread_id AS id, process.USER AS user
 FROM information_schema.INNODB_LOCK_WAITS waits
 JOIN information_schema.INNODB_TRX waiter ON waiter.trx_id = waits.requesting_trx_id
 JOIN information_schema.INNODB_TRX holder ON holder.trx_id = waits.blocking_trx_id
 LEFT JOIN information_schema.PROCESSLIST process ON process.ID = holder.trx_mysql_thread_id
 WHERE waiter.trx_mysql_thread_id IN (${APPLIERS})`,
};
