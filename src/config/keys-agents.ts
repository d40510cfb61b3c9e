/** Keys of metrics export and of agents. */
import { bool, int, list, text, uint } from "./key.ts";

const NO_GRAPHITE = "metrics are not sent to Graphite in this version";

export const metricsKeys = {
	GraphiteAddr: text(
		"",
		"notYet",
		"start",
		"`host:port` of a carbon receiver.",
		NO_GRAPHITE,
	),
	GraphitePath: text(
		"",
		"notYet",
		"start",
		"Prefix of metric names; `{hostname}` is filled in.",
		NO_GRAPHITE,
	),
	GraphiteConvertHostnameDotsToUnderscores: bool(
		true,
		"notYet",
		"start",
		"Write that host name with underscores.",
		NO_GRAPHITE,
	),
	GraphitePollSeconds: int(
		60,
		"seconds",
		"notYet",
		"start",
		"Whether to send (above 0); the period is 60 s whatever is given.",
		NO_GRAPHITE,
	),
};

const NO_AGENTS = "agents are not part of this version";

export const agentKeys = {
	ServeAgentsHttp: bool(
		false,
		"notYet",
		"start",
		"Serve agents on a second listener.",
		NO_AGENTS,
	),
	AgentsServerPort: text(
		":3001",
		"notYet",
		"start",
		"Address of that listener.",
		NO_AGENTS,
	),
	AgentsUseSSL: bool(
		false,
		"notYet",
		"start",
		"HTTPS on that listener and towards agents.",
		NO_AGENTS,
	),
	AgentsUseMutualTLS: bool(
		false,
		"notYet",
		"start",
		"Ask agents for a certificate.",
		NO_AGENTS,
	),
	AgentSSLSkipVerify: bool(
		false,
		"notYet",
		"start",
		"Accept any certificate of an agent.",
		NO_AGENTS,
	),
	AgentSSLPrivateKeyFile: text(
		"",
		"notYet",
		"start",
		"Private key of that listener.",
		NO_AGENTS,
	),
	AgentSSLCertFile: text(
		"",
		"notYet",
		"start",
		"Certificate of that listener.",
		NO_AGENTS,
	),
	AgentSSLCAFile: text(
		"",
		"notYet",
		"start",
		"Authorities that sign agents' certificates.",
		NO_AGENTS,
	),
	AgentSSLValidOUs: list(
		[],
		"notYet",
		"start",
		"Organizational Units of which an agent's certificate must have one.",
		NO_AGENTS,
	),
	AgentPollMinutes: uint(
		60,
		"minutes",
		"notYet",
		"live",
		"Time between two polls of an agent.",
		NO_AGENTS,
	),
	UnseenAgentForgetHours: uint(
		6,
		"hours",
		"notYet",
		"live",
		"Time after which a silent agent is forgotten.",
		NO_AGENTS,
	),
	StaleSeedFailMinutes: uint(
		60,
		"minutes",
		"notYet",
		"live",
		"Time without progress after which a seed has failed.",
		NO_AGENTS,
	),
	SeedAcceptableBytesDiff: int(
		8192,
		"bytes",
		"none",
		"none",
		"Difference of size that a seed may have.",
		"orchestrator does not read it either",
	),
	SeedWaitSecondsBeforeSend: int(
		2,
		"seconds",
		"notYet",
		"live",
		"Pause between the start of the receiver and of the sender.",
		NO_AGENTS,
	),
};
