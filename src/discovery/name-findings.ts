import {
	HOST_NAME,
	type ProbeFinding,
	SERVER_UUID,
} from "../topology/check.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** A server has the UUID of another one: it was copied with its data directory. */
export const sharedUuid = (other: InstanceName): ProbeFinding => ({
	about: SERVER_UUID,
	privilege: "",
	isWarning: true,
	says: `${other} has the same server UUID and is another server, so one was copied from the other: stop this one or that, remove auto.cnf from its data directory and start it again, and it has a UUID of its own`,
});

/** Which name a recorded primary goes by is nothing that is done unasked. */
export const undecidedName = (other: InstanceName): ProbeFinding => ({
	about: HOST_NAME,
	privilege: "",
	isWarning: true,
	says: `${other} leads to the same server, as far as that can be proved, and a recorded primary goes by no other name unless somebody says so: discover -i ${other} makes one of the two names an address of the other`,
});
