/** For tests over the whole table of commands: each as it may be typed about the clusters of the fixture. */
import type { Command } from "../../src/cli/command.ts";

/** What each flag may be given. */
const WORDS: Readonly<Record<string, string>> = {
	"-i": "db2",
	"-d": "db1",
	"-reason": "disk",
	"-duration": "2h",
	"-tag": "role=x",
	"-pool": "p",
	"-hostname": "vip",
	"-binlog": "bin.000001",
	"-pattern": "db",
};

/** Where that is not what the command needs. */
const OTHERWISE: Readonly<Record<string, string>> = {
	"force-master-takeover": "-alias shop -d db2",
	"end-maintenance": "-i db3",
	"end-downtime": "-i db3",
	"deregister-hostname-unresolve": "-i db3",
	"ack-instance-recoveries": "-i db1",
	forget: "-i db2",
	"forget-cluster": "-alias shop",
	"master-pos-wait": "-i db2 -binlog bin.000001:4",
};

/** Behind `-c`: with what it cannot do without, and whom it is about. */
export const lineOf = ({
	name,
	flags,
}: Pick<Command, "name" | "flags">): string => {
	const otherwise = OTHERWISE[name] ?? "";
	const has = (flag: string): boolean =>
		flags.some((each) => each.flag === flag);
	const given = flags.flatMap(({ flag, isRequired }) => {
		if (otherwise.includes(`${flag} `)) return [];
		if (flag === "-alias") return ["-alias shop"];
		// A pair of flags selects a cluster: one of them will do.
		if (flag === "-i") return has("-alias") ? [] : [`-i ${WORDS["-i"]}`];
		return isRequired ? [`${flag} ${WORDS[flag]}`] : [];
	});
	return [name, otherwise, ...given].filter((each) => each !== "").join(" ");
};
