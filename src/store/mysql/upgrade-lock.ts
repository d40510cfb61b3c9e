import { errors } from "../../errors.ts";
import type { MysqlSession } from "./connection.ts";
import type { Rows } from "./rows-of.ts";

const OTHERS_UPGRADE_SECONDS = 600;

/** A name of its own for each database; the server takes 64 characters. */
const upgradeLock = (database: string): string =>
	`baton.upgrade.${database}`.slice(0, 64);

/** One process at a time upgrades a database; the others wait. @throws BatonError StoreUnavailable when that takes too long */
export const underLock = async (
	session: MysqlSession,
	database: string,
	work: () => Promise<void>,
): Promise<void> => {
	const name = upgradeLock(database);
	const [row] = (await session.query(
		"select get_lock(?, ?) as got",
		[name, OTHERS_UPGRADE_SECONDS],
		(OTHERS_UPGRADE_SECONDS + 10) * 1000,
	)) as unknown as Rows;
	if (Number(row?.got) !== 1)
		throw errors.storeIsUpgraded({ database, seconds: OTHERS_UPGRADE_SECONDS });
	try {
		await work();
	} finally {
		if (session.isOpen) await session.query("do release_lock(?)", [name]);
	}
};
