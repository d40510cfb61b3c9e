import { errors } from "../errors.ts";
import { foldHost } from "../topology/host.ts";
import type { Configuration } from "./keys.ts";

type RaftKeys = Pick<
	Configuration,
	"RaftEnabled" | "RaftNodes" | "BackendDB" | "MySQLOrchestratorHost"
>;

/** The host in `host`, `host:port` and `[v6]:port`. */
const hostOf = (address: string): string =>
	foldHost(
		(address.match(/:/g) ?? []).length > 1 && !address.startsWith("[")
			? address
			: address.replace(/:\d+$/, ""),
	);

/** Reached by the processes of this machine alone. */
const isLoopback = (address: string): boolean =>
	/^(?:localhost|127\..*|::1)$/.test(hostOf(address));

/** What keeps the nodes apart; undefined when they share everything. */
const notShared = (
	config: RaftKeys,
	temporalAddress: string | undefined,
	isOneMachine: boolean,
): string | undefined => {
	if (temporalAddress === undefined)
		return "no BatonTemporalAddress, so that each would run a Temporal of its own";
	if (config.BackendDB.includes("sqlite"))
		return `BackendDB ${config.BackendDB}, so that each would have a store of its own`;
	if (isOneMachine) return undefined;
	if (isLoopback(temporalAddress))
		return `a Temporal at ${temporalAddress}, which each would look for on its own machine`;
	return isLoopback(config.MySQLOrchestratorHost)
		? `a store at ${config.MySQLOrchestratorHost}, which each would look for on its own machine`
		: undefined;
};

/**
 * Nodes of a raft group each have a store of their own there. Here nothing would keep two such nodes from promoting one server each.
 * @param temporalAddress of a Temporal server that is not this node's own; undefined for none
 * @throws BatonError BadConfiguration
 */
export const refuseSeparateNodes = (
	config: RaftKeys,
	temporalAddress: string | undefined,
): void => {
	const nodes = new Set(config.RaftNodes.map((each) => each.toLowerCase()));
	if (!config.RaftEnabled || nodes.size < 2) return;
	const lacks = notShared(
		config,
		temporalAddress,
		[...nodes].every(isLoopback),
	);
	if (lacks !== undefined)
		throw errors.nodesApart({ count: nodes.size, lacks });
};
