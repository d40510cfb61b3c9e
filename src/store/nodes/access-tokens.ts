/** Tokens of `AuthenticationMethod` `token`. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Queries, StoreDriver } from "../driver.ts";
import type { AccessTokens } from "../history/contract.ts";
import { flagCell, textCell, timeCell, timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";

const TOKEN_BYTES = 32;

const newToken = (): string => randomBytes(TOKEN_BYTES).toString("hex");

/** In a time that does not depend on where the two differ. An empty token equals nothing. */
const isSame = (given: string, stored: string): boolean => {
	const left = Buffer.from(given);
	const right = Buffer.from(stored);
	return (
		left.length > 0 &&
		left.length === right.length &&
		timingSafeEqual(left, right)
	);
};

/** The columns hold whole seconds: a time is compared with the second that the other lies in. */
const isSince = (column: unknown, sinceMs: number): boolean =>
	timeCell(column) >= Math.floor(sinceMs / 1000) * 1000;

/** Compared here once more: a database may take upper and lower case for the same. */
const tokenRow = async (queries: Queries, publicToken: string) => {
	const row = await queries
		.selectFrom("access_token")
		.selectAll()
		.where("public_token", "=", publicToken)
		.executeTakeFirst();
	return row && isSame(publicToken, textCell(row.public_token))
		? row
		: undefined;
};

const acquire = async (
	queries: Queries,
	publicToken: string,
	generatedAfterMs: number,
	nowMs: number,
): Promise<string | undefined> => {
	const row = await tokenRow(queries, publicToken);
	if (!row) return undefined;
	const isFresh =
		isSince(row.generated_at, generatedAfterMs) && !flagCell(row.is_acquired);
	if (!isFresh && !flagCell(row.is_reentrant)) return undefined;
	await queries
		.updateTable("access_token")
		.set({ is_acquired: 1, acquired_at: timeText(nowMs) })
		.where("access_token_id", "=", row.access_token_id)
		.execute();
	return textCell(row.secret_token);
};

export const createAccessTokens = (driver: StoreDriver): AccessTokens => ({
	generate: async (owner, nowMs) => {
		const publicToken = newToken();
		await driver.write((queries) =>
			queries
				.insertInto("access_token")
				.values({
					public_token: publicToken,
					secret_token: newToken(),
					generated_at: timeText(nowMs),
					generated_by: owner,
					is_acquired: 0,
					is_reentrant: 0,
				})
				.execute(),
		);
		return publicToken;
	},
	acquire: (publicToken, generatedAfterMs, nowMs) =>
		driver.write((queries) =>
			acquire(queries, publicToken, generatedAfterMs, nowMs),
		),
	isValid: async (publicToken, secretToken, generatedAfterMs) => {
		const row = await tokenRow(driver.queries, publicToken);
		return (
			row !== undefined &&
			isSame(secretToken, textCell(row.secret_token)) &&
			flagCell(row.is_acquired) &&
			(flagCell(row.is_reentrant) ||
				isSince(row.generated_at, generatedAfterMs))
		);
	},
	expire: (generatedBeforeMs) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("access_token")
					.where("generated_at", "<", timeText(generatedBeforeMs))
					.where("is_reentrant", "=", 0),
			),
		),
});
