import { type MysqlSession, openSession } from "./connection.ts";
import { quoted } from "./ddl.ts";
import { errnoOf } from "./errors.ts";
import type { MysqlSettings } from "./settings.ts";

const UNKNOWN_DATABASE = 1049;

/** An upgrade thinks between its statements, and no other node works before it is done. */
const silentSeconds = 20;

/** A session that upgrades the database, which is made where it is missing. */
export const openDatabase = async (
	settings: MysqlSettings,
	readOnly: boolean,
): Promise<MysqlSession> => {
	const { database } = settings;
	try {
		return await openSession(settings, { database, readOnly, silentSeconds });
	} catch (error) {
		if (errnoOf(error) !== UNKNOWN_DATABASE || readOnly) throw error;
	}
	const session = await openSession(settings, {
		database: undefined,
		readOnly,
		silentSeconds,
	});
	try {
		await session.query(
			`create database if not exists ${quoted(database.replaceAll("`", "``"))} character set utf8mb4 collate utf8mb4_bin`,
		);
	} finally {
		session.close();
	}
	return openSession(settings, { database, readOnly, silentSeconds });
};
