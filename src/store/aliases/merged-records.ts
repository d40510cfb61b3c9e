/** Who is primary and who is fenced, when a name is another one's alias. */
import { splitName } from "../../topology/instance-name.ts";
import { areOfTwo, type ServerMark } from "../../topology/server-mark.ts";
import { markFromText, roleIn } from "../clusters/role-rows.ts";
import type { Queries } from "../driver.ts";
import type { Double } from "../naming/contract.ts";
import { dropFence, fenceRow } from "../recovery/fence-rows.ts";
import { textCell } from "../rows/cell.ts";
import type { Homes } from "./merged-clusters.ts";

/** The alias is on record as the primary, and that was another server than the one that answers there. */
export const isDisputed = async (
	queries: Queries,
	identity: string | undefined,
	{ alias, server }: Double,
): Promise<boolean> => {
	if (identity === undefined) return false;
	const role = await roleIn(queries, identity);
	return role?.primary === alias && areOfTwo(role.server, server);
};

const dropRole = async (queries: Queries, identity: string): Promise<void> => {
	await queries
		.deleteFrom("baton_role")
		.where("identity", "=", identity)
		.execute();
};

/** A cluster whose primary is on record already keeps its record: what the servers do otherwise is a finding. */
export const mergeRoles = async (
	queries: Queries,
	homes: Homes,
	{ alias, canonical }: Double,
): Promise<void> => {
	const { from } = homes;
	if (from === undefined) return;
	const role = await roleIn(queries, from);
	if (role?.primary !== alias) return;
	const to = homes.to ?? from;
	if (to !== from && (await roleIn(queries, to)) !== undefined)
		return dropRole(queries, from);
	const { host, port } = splitName(canonical);
	await queries
		.updateTable("baton_role")
		.set({ identity: to, hostname: host, port })
		.where("identity", "=", from)
		.execute();
};

/** A fence that is about another server than the one that answers at the alias stays where it is. */
const moveFence = async (
	queries: Queries,
	homes: Homes,
	{ alias, canonical }: Double,
	server: ServerMark,
): Promise<void> => {
	const fence = await fenceRow(queries, alias);
	if (fence === undefined || areOfTwo(markFromText(fence.server), server))
		return;
	const held = await fenceRow(queries, canonical);
	// Of two the one that is not over stays.
	if (held !== undefined && held.state !== "rejoined")
		return dropFence(queries, alias);
	if (held !== undefined) await dropFence(queries, canonical);
	const from = splitName(alias);
	const { host, port } = splitName(canonical);
	const identity = textCell(fence.identity);
	await queries
		.updateTable("baton_fence")
		.set({
			hostname: host,
			port,
			identity: identity === homes.from ? (homes.to ?? identity) : identity,
		})
		.where("hostname", "=", from.host)
		.where("port", "=", from.port)
		.execute();
};

export const mergeFences = async (
	queries: Queries,
	homes: Homes,
	double: Double,
): Promise<void> => {
	const { alias, canonical, server } = double;
	await moveFence(queries, homes, double, server);
	await queries
		.updateTable("baton_fence")
		.set({ successor: canonical })
		.where("successor", "=", alias)
		.execute();
	// Under its other name it was its own successor.
	const { host, port } = splitName(canonical);
	await queries
		.deleteFrom("baton_fence")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.where("successor", "=", canonical)
		.execute();
};
