import { instanceName, splitName } from "../../topology/instance-name.ts";
import type { LogPlace } from "../../topology/log-place.ts";
import type { StoreDriver } from "../driver.ts";
import { numberCell, textCell, timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type { Equivalences } from "./contract.ts";

const TABLE = "master_position_equivalence";

const rowOf = (one: LogPlace, other: LogPlace, nowMs: number) => {
	const [first, second] = [one, other].map(({ server }) => splitName(server));
	return {
		master1_hostname: first?.host ?? "",
		master1_port: first?.port ?? 0,
		master1_binary_log_file: one.at.file,
		master1_binary_log_pos: one.at.position,
		master2_hostname: second?.host ?? "",
		master2_port: second?.port ?? 0,
		master2_binary_log_file: other.at.file,
		master2_binary_log_pos: other.at.position,
		last_suggested: timeText(nowMs),
	};
};

const UNIQUE = [
	"master1_hostname",
	"master1_port",
	"master1_binary_log_file",
	"master1_binary_log_pos",
	"master2_hostname",
	"master2_port",
] as const;

const textOf = ({ server, at }: LogPlace): string =>
	`${server} ${at.file} ${at.position}`;

const placeOf = (
	host: unknown,
	port: unknown,
	file: unknown,
	position: unknown,
): LogPlace => ({
	server: instanceName(textCell(host), numberCell(port)),
	at: { file: textCell(file), position: numberCell(position) },
});

export const createEquivalences = (driver: StoreDriver): Equivalences => {
	/** Those that a row names beside the place, whichever of the two it is there. */
	const beside = async ({ server, at }: LogPlace): Promise<LogPlace[]> => {
		const { host, port } = splitName(server);
		const rows = await driver.queries
			.selectFrom(TABLE)
			.selectAll()
			.where(({ and, or, eb }) =>
				or(
					(["master1", "master2"] as const).map((side) =>
						and([
							eb(`${side}_hostname`, "=", host),
							eb(`${side}_port`, "=", port),
							eb(`${side}_binary_log_file`, "=", at.file),
							eb(`${side}_binary_log_pos`, "=", at.position),
						]),
					),
				),
			)
			.orderBy("equivalence_id", "desc")
			.execute();
		return rows
			.flatMap((row) => [
				placeOf(
					row.master1_hostname,
					row.master1_port,
					row.master1_binary_log_file,
					row.master1_binary_log_pos,
				),
				placeOf(
					row.master2_hostname,
					row.master2_port,
					row.master2_binary_log_file,
					row.master2_binary_log_pos,
				),
			])
			.filter((each) => textOf(each) !== textOf({ server, at }));
	};
	return {
		record: (one, other, nowMs) =>
			driver.write((queries) =>
				driver.upsertMany(queries, TABLE, UNIQUE, [rowOf(one, other, nowMs)]),
			),
		of: async (place) => {
			const found = new Map([[textOf(place), place]]);
			// What is equivalent to an equivalent one is so too.
			for (const each of found.values())
				for (const other of await beside(each))
					if (!found.has(textOf(other))) found.set(textOf(other), other);
			found.delete(textOf(place));
			return [...found.values()];
		},
		expire: (suggestedBeforeMs) =>
			driver.write((queries) =>
				removedRows(
					queries
						.deleteFrom(TABLE)
						.where("last_suggested", "<", timeText(suggestedBeforeMs)),
				),
			),
	};
};
