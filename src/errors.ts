/**
 * The one catalogue of errors. Each has a code that clients, workflows (`ApplicationFailure.type`), logs and exit codes share;
 * the message names the thing, the reason and the remedy. Workflows use it too: it imports nothing but itself.
 */
import { ACCESS } from "./errors/access.ts";
import { CLUSTERS } from "./errors/clusters.ts";
import { CONFIGURATION } from "./errors/configuration.ts";
import { INPUT } from "./errors/input.ts";
import { INSTANCES } from "./errors/instances.ts";
import { LOGS } from "./errors/logs.ts";
import { OPERATIONS } from "./errors/operations.ts";
import { SERVERS } from "./errors/servers.ts";
import { STORE } from "./errors/store.ts";
import { TEMPORAL } from "./errors/temporal.ts";
import { USAGE } from "./errors/usage.ts";

export { BatonError } from "./errors/baton-error.ts";
export { ERROR_KINDS, type ErrorCode } from "./errors/codes.ts";
export { errorText } from "./errors/error-text.ts";
export { shortened } from "./errors/template.ts";

/** The templates by subject, in the order of the manual. */
export const SUBJECTS = {
	"The command line itself": USAGE,
	"Which server is meant": INSTANCES,
	"Which cluster is meant, and who its primary is": CLUSTERS,
	"What else was given": INPUT,
	"What the API does not let through": ACCESS,
	Configuration: CONFIGURATION,
	Operations: OPERATIONS,
	Servers: SERVERS,
	"Binary and relay logs": LOGS,
	"The store": STORE,
	Temporal: TEMPORAL,
} as const;

/** Every template by its name; no two subjects have one of the same name. */
export const errors = {
	...USAGE,
	...INSTANCES,
	...CLUSTERS,
	...INPUT,
	...ACCESS,
	...CONFIGURATION,
	...OPERATIONS,
	...SERVERS,
	...LOGS,
	...STORE,
	...TEMPORAL,
} as const;
