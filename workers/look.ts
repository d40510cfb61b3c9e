import type { Configuration } from "../src/config/keys.ts";
import { BatonError } from "../src/errors.ts";
import { binaryLogStarts as readStarts } from "../src/mysql/binary-log-starts.ts";
import { ServerFault } from "../src/mysql/driver-error.ts";
import type { BinaryLogStart } from "../src/topology/gtid/holding-logs.ts";
import { type Instance, isLastCheckValid } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { createServerPort } from "./deps.ts";

/** One server as it is now, over a connection of its own. @throws BatonError ServerUnreachable */
export const lookAt = async (
	config: Configuration,
	name: InstanceName,
): Promise<Instance> => {
	const seen = await createServerPort(() => config).look(name);
	if (!isLastCheckValid(seen))
		throw new BatonError("ServerUnreachable", `${name}: ${seen.check.error}`);
	return seen;
};

/** Its binary logs. @throws BatonError ServerUnreachable, ServerError */
export const binaryLogStarts = async (
	config: Configuration,
	name: InstanceName,
): Promise<BinaryLogStart[]> => {
	try {
		const session = await createServerPort(() => config).open(name, "look");
		try {
			return await readStarts(session);
		} finally {
			session.close();
		}
	} catch (error) {
		throw error instanceof ServerFault ? error.toBatonError(name) : error;
	}
};
