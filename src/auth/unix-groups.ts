import { readFile } from "node:fs/promises";

const rows = (text: string): string[][] =>
	text
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => line.split(":"));

/** The groups of a user, out of the texts of /etc/passwd and /etc/group. */
export const groupsIn = (
	user: string,
	passwd: string,
	group: string,
): string[] => {
	const primary = rows(passwd).find(([name]) => name === user)?.[3];
	return rows(group)
		.filter(
			([, , id, members]) =>
				(primary !== undefined && id === primary) ||
				(members ?? "").split(",").includes(user),
		)
		.flatMap(([name]) => name ?? []);
};

/** Unix groups of a user of this machine, for `PowerAuthGroups`. A user who is not known here has none. */
export const unixGroupsOf = async (user: string): Promise<string[]> => {
	if (user === "") return [];
	const [passwd, group] = await Promise.all([
		readFile("/etc/passwd", "utf8"),
		readFile("/etc/group", "utf8"),
	]);
	return groupsIn(user, passwd, group);
};
