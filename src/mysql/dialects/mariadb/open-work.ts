/**
 * The same as of MySQL, as far as it is told here: who has locked tables and runs nothing is told by a plugin only that is not loaded as
 * a rule, and which statement was the last one by nobody.
 */
export const openWork = `SELECT CONCAT('transaction ', trx.trx_id) AS mark, process.ID AS id, process.USER AS user, process.HOST AS host,
 TIMESTAMPDIFF(SECOND, trx.trx_started, NOW()) AS seconds, 0 AS holds_up,
 LEFT(COALESCE(process.INFO, ''), 1000) AS statement
 FROM information_schema.INNODB_TRX trx JOIN information_schema.PROCESSLIST process ON process.ID = trx.trx_mysql_thread_id
 WHERE trx.trx_rows_modified > 0
 UNION ALL
 SELECT CONCAT('statement ', QUERY_ID), ID, USER, HOST, TIME, 1, LEFT(INFO, 1000)
 FROM information_schema.PROCESSLIST
 WHERE COMMAND IN ('Query', 'Execute') AND ID <> CONNECTION_ID()
 AND INFO NOT REGEXP '^(\\\\s|/\\\\*(?s:.*?)\\\\*/|\\\\()*(SELECT|WITH|VALUES|SHOW|DESC|EXPLAIN|SET|DO|USE|KILL|BEGIN|START|UNLOCK)'`;
