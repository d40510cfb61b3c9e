import type { ApplierQueries } from "../../dialect.ts";

const APPLIERS =
	"SELECT ID FROM performance_schema.processlist WHERE USER = 'system user'";

export const applier: ApplierQueries = {
	// Rows that are looked for count too: without a key on the replica each change searches long.
	work: `SELECT SUM(trx_rows_modified + trx_rows_locked) AS work
 FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id IN (${APPLIERS})`,
	states: `SELECT STATE AS state FROM performance_schema.processlist WHERE USER = 'system user'
 UNION ALL SELECT 'Waiting for a row lock' FROM information_schema.INNODB_TRX
 WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id IN (${APPLIERS})`,
	holders: `SELECT holder.PROCESSLIST_ID AS id, holder.PROCESSLIST_USER AS user
 FROM performance_schema.threads waiter
 JOIN performance_schema.data_lock_waits waits ON waits.REQUESTING_THREAD_ID = waiter.THREAD_ID
 JOIN performance_schema.threads holder ON holder.THREAD_ID = waits.BLOCKING_THREAD_ID
 WHERE waiter.NAME LIKE 'thread/sql/%\\_worker' OR waiter.NAME LIKE 'thread/sql/%\\_sql'
 UNION SELECT holder.PROCESSLIST_ID, holder.PROCESSLIST_USER
 FROM performance_schema.threads waiter
 JOIN performance_schema.metadata_locks wanted
 ON wanted.OWNER_THREAD_ID = waiter.THREAD_ID AND wanted.LOCK_STATUS = 'PENDING'
 JOIN performance_schema.metadata_locks held ON held.LOCK_STATUS = 'GRANTED'
 AND held.OBJECT_TYPE = wanted.OBJECT_TYPE AND held.OBJECT_SCHEMA <=> wanted.OBJECT_SCHEMA
 AND held.OBJECT_NAME <=> wanted.OBJECT_NAME AND held.OWNER_THREAD_ID <> wanted.OWNER_THREAD_ID
 AND (wanted.LOCK_TYPE = 'EXCLUSIVE' OR held.LOCK_TYPE NOT IN
 ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_WRITE', 'INTENTION_EXCLUSIVE'))
 JOIN performance_schema.threads holder ON holder.THREAD_ID = held.OWNER_THREAD_ID
 WHERE waiter.NAME LIKE 'thread/sql/%\\_worker' OR waiter.NAME LIKE 'thread/sql/%\\_sql'`,
};
