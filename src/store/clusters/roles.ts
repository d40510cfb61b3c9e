/** Who is whose primary; see src/topology/role.ts. The drop-in cluster name follows. */
import { splitName } from "../../topology/instance-name.ts";
import type { Role } from "../../topology/role.ts";
import type { FollowsPrimary, Roles } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { putPairs } from "../key-values.ts";
import { setAttribute } from "../naming/host-attributes.ts";
import { endDowntime } from "../operations/downtimes.ts";
import { epochOf, isOfNow } from "../operations/epoch.ts";
import { isCurrent } from "../operations/operations.ts";
import { dropFence, putFence } from "../recovery/fence-rows.ts";
import { rename } from "./membership.ts";
import { dropOwnFences } from "./own-fences.ts";
import { markToText, roleIn, rolesIn } from "./role-rows.ts";

/** General attributes: the writer of a domain is one. */
const EVERY_HOST = "*";

const NOTHING: FollowsPrimary = { fences: [], pairs: [], domain: "" };

/** By a server that belongs to the cluster still: one that was forgotten is nobody's primary. */
const isHeld = async (queries: Queries, identity: string): Promise<boolean> => {
	const role = await roleIn(queries, identity);
	if (role === undefined) return false;
	const { host, port } = splitName(role.primary);
	const member = await queries
		.selectFrom("baton_member")
		.select("identity")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return member?.identity === identity;
};

const put = async (
	driver: StoreDriver,
	queries: Queries,
	identity: string,
	{ primary, server, epoch, word, sinceMs }: Role,
): Promise<void> => {
	const { host, port } = splitName(primary);
	await driver.upsert(queries, "baton_role", ["identity"], {
		identity,
		hostname: host,
		port,
		server: markToText(server),
		epoch,
		word,
		since_ms: sinceMs,
	});
	await rename(driver, queries, identity, primary, sinceMs);
};

const follow = async (
	driver: StoreDriver,
	queries: Queries,
	{ primary, sinceMs }: Role,
	{ fences, pairs, domain }: FollowsPrimary = NOTHING,
): Promise<void> => {
	for (const fence of fences) await putFence(driver, queries, fence);
	await putPairs(driver, queries, pairs, sinceMs);
	if (domain !== "")
		await setAttribute(driver, queries, EVERY_HOST, domain, primary, sinceMs);
};

/** Those that might have been the primary are looked at, and rejoined, when they answer. */
const settleFences = async (
	queries: Queries,
	identity: string,
	{ primary }: Role,
): Promise<void> => {
	await queries
		.updateTable("baton_fence")
		.set({ successor: primary, state: "waiting" })
		.where("identity", "=", identity)
		.where("state", "=", "unaccounted")
		.execute();
	await dropFence(queries, primary);
	await endDowntime(queries, primary);
};

export const createRoles = (driver: StoreDriver): Roles => ({
	all: () => rolesIn(driver.queries),
	of: (identity) => roleIn(driver.queries, identity),
	meet: (identity, met) =>
		driver.write(
			async (queries) => {
				if (await isHeld(queries, identity)) return false;
				const epoch = await epochOf(queries, identity);
				await put(driver, queries, identity, { ...met, epoch, word: "met" });
				return true;
			},
			{ durable: true },
		),
	// Durable: with a forgotten record an old primary would count as the primary when it is back.
	write: (identity, role, follows, asked) =>
		driver.write(
			async (queries) => {
				const of = { identity, epoch: role.epoch };
				if (!(await isOfNow(queries, of))) return false;
				const isNewest =
					asked === undefined ||
					(await isCurrent(driver, queries, { ...of, ...asked }));
				if (!isNewest) return false;
				await put(driver, queries, identity, role);
				await dropOwnFences(queries, identity, role);
				await follow(driver, queries, role, follows);
				await settleFences(queries, identity, role);
				return true;
			},
			{ durable: true },
		),
});
