/** Fences of a server that is a primary now, under whatever name it was fenced before. */
import type { Role } from "../../topology/role.ts";
import { areOfOne } from "../../topology/server-mark.ts";
import { answersAs } from "../aliases/name-marks.ts";
import type { Queries } from "../driver.ts";
import { dropFence, fencesIn } from "../recovery/fence-rows.ts";

/**
 * They go. Two names of one server are one instance: where both names answer, and are two, one of them is a copy of the other, and its
 * fence is its own.
 */
export const dropOwnFences = async (
	queries: Queries,
	identity: string,
	{ primary, server }: Pick<Role, "primary" | "server">,
): Promise<void> => {
	const isSeen = await answersAs(queries, primary, server);
	for (const fence of await fencesIn(queries, identity)) {
		const { instance } = fence;
		if (!areOfOne(fence.server, server)) continue;
		const isBeside =
			isSeen &&
			instance !== primary &&
			(await answersAs(queries, instance, server));
		if (!isBeside) await dropFence(queries, instance);
	}
};
