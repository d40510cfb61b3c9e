import type { PollQueries } from "../../dialect.ts";
import { poll as modern, pluginVariables } from "../modern/poll.ts";

export const poll: PollQueries = {
	...modern,
	// Where a replica keeps its credentials: a variable until 8.2, always the table since.
	pluginVariables: pluginVariables(["master_info_repository"]),
	// performance_schema.processlist is there from 8.0.22 only.
	dumps:
		"SELECT HOST AS host FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Binlog Dump', 'Binlog Dump GTID')",
};
