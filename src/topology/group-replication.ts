import type { InstanceName } from "./instance-name.ts";

/** What a server tells of the replication group that it is a member of; see {@link NO_GROUP}. */
export interface GroupReplication {
	readonly name: string;
	readonly singlePrimary: boolean;
	readonly memberState: string;
	readonly memberRole: string;
	readonly members: readonly InstanceName[];
	readonly primary: InstanceName | "";
}

export const NO_GROUP: GroupReplication = {
	name: "",
	singlePrimary: true,
	memberState: "",
	memberRole: "",
	members: [],
	primary: "",
};
