import { error } from "./template.ts";

/** Temporal, the embedded one and one outside. */
export const TEMPORAL = {
	noTemporalProgram: error(
		"SetupMissing",
		"no Temporal server: the program 'temporal' is not on PATH and TEMPORAL_CLI does not name it; install the Temporal CLI, or name a running server with BatonTemporalAddress",
	),
	temporalNotStarted: error(
		"SetupMissing",
		"<program> cannot be started: <why>; install the Temporal CLI, or name a running server with BatonTemporalAddress",
	),
	temporalDirectory: error(
		"BadConfiguration",
		"the embedded Temporal cannot keep its data in <directory>: <why>; set BatonDataDirectory to a directory that this account may write, or name a running server with BatonTemporalAddress",
	),
	temporalEnded: error(
		"TemporalUnavailable",
		"the embedded Temporal ended at once (<status>); see <log>",
	),
	temporalNotListening: error(
		"TemporalUnavailable",
		"the embedded Temporal does not listen on port <port> after <seconds> s; see its server.log, and the load of this machine",
	),
	temporalNotReached: error(
		"TemporalUnavailable",
		"Temporal does not answer at <address>: <why>; check BatonTemporalAddress (or TEMPORAL_ADDRESS), or leave both empty for the embedded server. Nothing was asked of it; the command of an operation does without Temporal when it has -break-glass",
	),
	temporalSilent: error(
		"TemporalUnavailable",
		"Temporal does not answer: the request was not handed to it, and nothing is changed; ask again when it is back, or use the command line with -break-glass, which does without it",
	),
	temporalFellSilent: error(
		"TemporalUnavailable",
		"Temporal has fallen silent: whether it has accepted the request is not known, and if so it is carried out when Temporal is back; see 'why' then. The command line with -break-glass does without Temporal and supersedes it",
	),
	temporalNotAnswering: error(
		"TemporalUnavailable",
		"Temporal does not answer (<why>): nothing can be changed until it is back; a request that it had accepted goes on then; reads still work",
	),
	entityStuck: error(
		"TemporalUnavailable",
		"Temporal answers, but <workflow> does not take the request (<why>): look at it in the Temporal UI; if it makes no progress, terminate it: it is started anew. Whether the request is carried out later is not known; see 'why'",
	),
} as const;
