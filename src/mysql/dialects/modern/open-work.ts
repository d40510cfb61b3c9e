/** A lock behind which a switch to read-only waits. */
const HOLDS_UP =
	"OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND LOCK_STATUS = 'GRANTED' AND LOCK_TYPE = 'INTENTION_EXCLUSIVE'";

/** Longer ones tell no more. Characters. */
const STATEMENT = 1_000;

/**
 * Transactions that have written, with the statement that runs or was the last one; and sessions that keep a switch to read-only
 * waiting: they run a statement that writes, or have locked tables for writing, or one of these waits for a lock that they have.
 * @param processes the process list: not all of 8.0 have it in the performance schema
 */
export const openWork = (
	processes:
		| "performance_schema.processlist"
		| "information_schema.PROCESSLIST",
): string => `SELECT CONCAT('transaction ', trx.trx_id) AS mark, process.ID AS id, process.USER AS user, process.HOST AS host,
 TIMESTAMPDIFF(SECOND, trx.trx_started, NOW()) AS seconds, 0 AS holds_up,
 LEFT(COALESCE(process.INFO, (SELECT last.SQL_TEXT FROM performance_schema.threads thread
  JOIN performance_schema.events_statements_current last ON last.THREAD_ID = thread.THREAD_ID
  WHERE thread.PROCESSLIST_ID = process.ID LIMIT 1), ''), ${STATEMENT}) AS statement
 FROM information_schema.INNODB_TRX trx JOIN ${processes} process ON process.ID = trx.trx_mysql_thread_id
 WHERE trx.trx_rows_modified > 0
 UNION ALL
 SELECT DISTINCT CONCAT('lock ', process.ID, ' ', held.OWNER_EVENT_ID), process.ID, process.USER, process.HOST, process.TIME, 1,
 LEFT(COALESCE(process.INFO, ''), ${STATEMENT})
 FROM (SELECT OWNER_THREAD_ID, OWNER_EVENT_ID FROM performance_schema.metadata_locks
  WHERE ${HOLDS_UP}
  UNION SELECT theirs.OWNER_THREAD_ID, theirs.OWNER_EVENT_ID FROM performance_schema.metadata_locks first
  JOIN performance_schema.metadata_locks wanted
   ON wanted.OWNER_THREAD_ID = first.OWNER_THREAD_ID AND wanted.LOCK_STATUS = 'PENDING'
  JOIN performance_schema.metadata_locks theirs ON theirs.LOCK_STATUS = 'GRANTED'
   AND theirs.OBJECT_TYPE = wanted.OBJECT_TYPE AND theirs.OBJECT_SCHEMA <=> wanted.OBJECT_SCHEMA
   AND theirs.OBJECT_NAME <=> wanted.OBJECT_NAME AND theirs.OWNER_THREAD_ID <> wanted.OWNER_THREAD_ID
  WHERE ${HOLDS_UP.replaceAll(/^|(?<=AND )/g, "first.")}) held
 JOIN performance_schema.threads thread ON thread.THREAD_ID = held.OWNER_THREAD_ID
 JOIN ${processes} process ON process.ID = thread.PROCESSLIST_ID`;
