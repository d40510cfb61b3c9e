import {
	type DatabaseConnection,
	MysqlDialect,
	MysqlDriver,
	type MysqlPool,
} from "kysely";

class RollbackDriver extends MysqlDriver {
	override async rollbackTransaction(
		connection: DatabaseConnection,
	): Promise<void> {
		// A session that is gone has rolled back; its own error would hide the first one. The pool gives up one that fails here.
		await super.rollbackTransaction(connection).catch(() => undefined);
	}
}

class StoreDialect extends MysqlDialect {
	readonly #pool: MysqlPool;

	constructor(pool: MysqlPool) {
		super({ pool });
		this.#pool = pool;
	}

	override createDriver(): RollbackDriver {
		return new RollbackDriver({ pool: this.#pool });
	}
}

export const kyselyDialect = (pool: MysqlPool): MysqlDialect =>
	new StoreDialect(pool);
