import type { PollQueries } from "../../dialect.ts";
import { poll as classic } from "../classic/poll.ts";
import { pluginStatus } from "../modern/poll.ts";

export const poll: PollQueries = {
	...classic,
	status: pluginStatus(["group_replication_primary_member"]),
	// Heartbeats are dated but queued transactions are not; without those a busy channel would look silent.
	heartbeats: `SELECT s.CHANNEL_NAME AS channel, c.HEARTBEAT_INTERVAL AS heartbeat_period, s.COUNT_RECEIVED_HEARTBEATS AS heartbeats,
 NULL AS silent_for_us
 FROM performance_schema.replication_connection_status s
 JOIN performance_schema.replication_connection_configuration c ON c.CHANNEL_NAME = s.CHANNEL_NAME`,
	// Roles are not in the table: the primary is told by a status value.
	groupMembers: `SELECT MEMBER_ID AS member_id, MEMBER_HOST AS host, MEMBER_PORT AS port, MEMBER_STATE AS state, '' AS role
 FROM performance_schema.replication_group_members`,
};
