/** One fence at several names: a server that was replaced may answer by any of those that it had. */
import type { InstanceName } from "../../topology/instance-name.ts";
import { areOfOne, areOfTwo } from "../../topology/server-mark.ts";
import type { Fence } from "../contract.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { fenceOf, fenceRow, putFence } from "./fence-rows.ts";

/** It is about another server. */
const isMistaken = (held: Fence, fence: Fence): boolean =>
	held.identity !== fence.identity || areOfTwo(held.server, fence.server);

/** That very replacement is over. */
const isSettled = (held: Fence, fence: Fence): boolean =>
	areOfOne(held.server, fence.server) && held.sinceMs >= fence.sinceMs;

/** Of two that hold for one server the one at its name counts. */
const givesWay = (held: Fence, fence: Fence): boolean =>
	fence.state !== "rejoined" &&
	(isMistaken(held, fence) ||
		(held.state === "rejoined" && !isSettled(held, fence)));

/**
 * The fence holds at that name as well. An open one that is about that server there stays as it is; one that has ended for that very
 * replacement is not opened again. @returns what holds there then
 */
export const layFence = async (
	driver: StoreDriver,
	queries: Queries,
	fence: Fence,
	name: InstanceName,
): Promise<Fence> => {
	const row = await fenceRow(queries, name);
	const held = row && fenceOf(row);
	if (held !== undefined && !givesWay(held, fence)) return held;
	const laid = { ...fence, instance: name };
	await putFence(driver, queries, laid);
	return laid;
};
