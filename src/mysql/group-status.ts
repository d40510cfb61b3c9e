import type { ProbeFinding } from "../topology/check.ts";
import {
	type GroupReplication,
	NO_GROUP,
} from "../topology/group-replication.ts";
import { isHost } from "../topology/host.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import type { Row } from "./answer.ts";
import { portOf, textOf } from "./cell.ts";

const nameOf = (row: Row): InstanceName | undefined => {
	const [host, port] = [textOf(row, "host"), portOf(row, "port")];
	return isHost(host) && port > 0 ? instanceName(host, port) : undefined;
};

const isOn = (value: string | undefined): boolean =>
	value === "ON" || value === "1";

const MEMBER_LIMIT = 64;

const membersIn = (rows: readonly Row[]): readonly Row[] =>
	rows
		.slice(0, MEMBER_LIMIT)
		.filter((row) => textOf(row, "state") !== "OFFLINE");

/**
 * The replication group of a server that takes part in one (there every member is one, and `primary` is empty). A member that was expelled sees itself alone, in state ERROR.
 * @param rows of the group's members, see `PollQueries.groupMembers`
 * @param values variables and status by lower-case name
 */
export const groupOf = (
	rows: readonly Row[],
	values: ReadonlyMap<string, string>,
	serverUuid: string,
): GroupReplication => {
	const members = membersIn(rows);
	const own = members.find((row) => textOf(row, "member_id") === serverUuid);
	const name = values.get("group_replication_group_name") ?? "";
	if (own === undefined || name === "" || serverUuid === "") return NO_GROUP;
	const singlePrimary = isOn(
		values.get("group_replication_single_primary_mode"),
	);
	const primaryId = values.get("group_replication_primary_member") ?? "";
	// 5.7 has no roles: the primary is named by a status value, which is empty while every member is one. Who was expelled has none.
	const roleOf = (row: Row): string =>
		textOf(row, "role") ||
		(textOf(row, "state") === "ERROR"
			? ""
			: singlePrimary && textOf(row, "member_id") !== primaryId
				? "SECONDARY"
				: "PRIMARY");
	const primary = singlePrimary
		? members.find((row) => roleOf(row) === "PRIMARY")
		: undefined;
	return {
		name,
		singlePrimary,
		memberState: textOf(own, "state"),
		memberRole: roleOf(own),
		members: members
			.filter((row) => row !== own)
			.map(nameOf)
			.filter((each) => each !== undefined),
		primary: (primary && nameOf(primary)) ?? "",
	};
};

/**
 * What a member sees of its group that stops writes, or the member itself. The reference has no code for it.
 */
export const groupFindings = (
	rows: readonly Row[],
	group: GroupReplication,
): ProbeFinding[] => {
	if (group.name === "") return [];
	const members = membersIn(rows);
	const unreachable = members.filter(
		(row) => textOf(row, "state") === "UNREACHABLE",
	).length;
	const says =
		group.memberState === "ERROR"
			? "it was expelled from its group or failed in it, and takes no part: mend the cause, then START GROUP_REPLICATION"
			: unreachable * 2 >= members.length && unreachable > 0
				? `the group has lost its quorum, as this member sees it: ${unreachable} of ${members.length} members cannot be reached, and writes hang; bring them back, or set group_replication_force_members to those that are left`
				: "";
	return says === ""
		? []
		: [{ about: "replication group", privilege: "", says, isWarning: true }];
};
