import type { Instance } from "./instance.ts";

/** Makes a server read-only, for a person who is told to do so: the statement that its server takes. */
export const readOnlyStatement = ({
	flavor,
}: Pick<Instance, "flavor">): string =>
	flavor === "MariaDB"
		? "SET GLOBAL read_only = ON"
		: "SET GLOBAL super_read_only = ON";
