import { error } from "./template.ts";

/** What the API does not let through, or does not have. */
export const ACCESS = {
	unauthorized: error("Unauthorized", "Unauthorized"),
	foreignPage: error(
		"Unauthorized",
		"refused: a browser was sent here by another page; use Baton's own pages, orchestrator-client, or a request without browser headers",
	),
	tokenNotValid: error(
		"Unauthorized",
		"the token is unknown, was used already, or is too old; make a new one with `access-token`",
	),
	headChangesNothing: error(
		"BadInput",
		"HEAD changes nothing; use POST or GET",
	),
	dryRunMisspelt: error(
		"BadInput",
		"<name> is no parameter of this call, and nothing was done; write dryRun=true",
	),
	noDryRun: error(
		"BadInput",
		"<path> cannot be asked for in advance over the API, and nothing was done; ask on the command line, with -dry-run",
	),
	headExchangesNothing: error("BadInput", "HEAD exchanges nothing; use GET"),
	tooManyListeners: error(
		"TooManyListeners",
		"<count> listen to <to> already, and no more are served by this node: end one of them, or ask another node",
	),
	unknownOperation: error(
		"UnknownOperation",
		'no operation has the id "<id>": give the run id of one that runs (api/baton/operations lists them), or the uid of one that has left steps',
	),
	noStepId: error(
		"BadInput",
		'Last-Event-ID "<text>" is no id of a step: give one that a stream has told, or leave it out',
	),
	stepNotYet: error(
		"BadInput",
		"Last-Event-ID <id> is newer than the newest step (<newest>): give one that a stream of this store has told, or leave it out",
	),
	stepsTooFarBack: error(
		"BadInput",
		"Last-Event-ID <id> is more than <most> steps ago: leave it out, and read the steps before in the audit of recoveries",
	),
	noRaft: error("BadInput", "raft: not running with raft setup"),
	routeNotBuilt: error(
		"BadInput",
		"this call is not part of this version of Baton; nothing was changed; api/openapi.json lists those that are",
	),
} as const;
