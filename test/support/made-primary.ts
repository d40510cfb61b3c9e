import type { Store } from "../../src/store/contract.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import { NO_MARK } from "../../src/topology/server-mark.ts";

/** An operation has made it the primary of the cluster. */
export const madePrimary = async (
	{ clusters, roles }: Pick<Store, "clusters" | "roles">,
	identity: string,
	primary: InstanceName,
): Promise<void> => {
	const epoch = (await clusters.byIdentity(identity))?.epoch ?? 0;
	const isWritten = await roles.write(identity, {
		primary,
		server: NO_MARK,
		epoch,
		word: "operation",
		sinceMs: 0,
	});
	if (!isWritten) throw new Error(`${primary} was not recorded`);
};
