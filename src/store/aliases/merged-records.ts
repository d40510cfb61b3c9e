/** Who is primary and who is fenced, when a name is to be another one's alias. */
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Role } from "../../topology/role.ts";
import { areOfTwo } from "../../topology/server-mark.ts";
import { roleIn } from "../clusters/role-rows.ts";
import type { Queries } from "../driver.ts";
import type { Double } from "../naming/contract.ts";
import { dropFence, fenceOf, fenceRow } from "../recovery/fence-rows.ts";
import type { Homes } from "./merged-clusters.ts";

const isAlone = async (queries: Queries, identity: string): Promise<boolean> =>
	(
		await queries
			.selectFrom("baton_member")
			.select("identity")
			.where("identity", "=", identity)
			.limit(2)
			.execute()
	).length === 1;

/** One that was merely met, and is nobody's source, is a server like any other. */
const counts = async (
	queries: Queries,
	identity: string,
	{ word }: Role,
): Promise<boolean> => word !== "met" || !(await isAlone(queries, identity));

/**
 * - `disputed`: one of the names is on record as the primary of its cluster, and that was another server than the one that answers there
 * - `recorded`: the alias is on record as the primary of its cluster, and nobody has decided that it is to go by another name
 */
export const objection = async (
	queries: Queries,
	{ from, to }: Homes,
	{ alias, canonical, server, isDecided }: Double,
): Promise<"disputed" | "recorded" | undefined> => {
	for (const identity of new Set([from, to])) {
		const role = identity && (await roleIn(queries, identity));
		if (!role || ![alias, canonical].includes(role.primary)) continue;
		if (areOfTwo(role.server, server)) return "disputed";
		if (
			!isDecided &&
			role.primary === alias &&
			(await counts(queries, identity, role))
		)
			return "recorded";
	}
	return undefined;
};

/** Under its other name it was its own successor. */
export const dropFenceOfItself = async (
	queries: Queries,
	name: InstanceName,
): Promise<void> => {
	const row = await fenceRow(queries, name);
	if (row !== undefined && fenceOf(row)?.successor === name)
		await dropFence(queries, name);
};
