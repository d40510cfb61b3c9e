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
	headExchangesNothing: error("BadInput", "HEAD exchanges nothing; use GET"),
	noRaft: error("BadInput", "raft: not running with raft setup"),
	routeNotBuilt: error(
		"BadInput",
		"this call is not part of this version of Baton; nothing was changed; api/openapi.json lists those that are",
	),
} as const;
