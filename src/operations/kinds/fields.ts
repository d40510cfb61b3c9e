import { custom, refine, string } from "zod/mini";
import { isHost } from "../../topology/host.ts";
import {
	type InstanceName,
	isInstanceName,
	splitName,
} from "../../topology/instance-name.ts";

// What requests are made of. Made anew for each: a schema keeps things in itself when it is used, and Temporal freezes whatever the
// modules of workflow code export.

export const instance = () =>
	custom<InstanceName>(
		(given) =>
			typeof given === "string" &&
			isInstanceName(given) &&
			isHost(splitName(given).host),
		"must be host:port, the host in lower case and without brackets",
	);

/** Any cluster hint: name, alias, identity, an instance of it. */
export const cluster = () =>
	string().check(
		refine(
			(text) => text.length > 0 && text.length <= 200,
			"must name a cluster",
		),
	);

/** A word for the records: the code of an analysis, who asks. */
export const word = () =>
	string().check(
		refine(
			(text) => text.length > 0 && text.length <= 128 && !/\p{Cc}/u.test(text),
			"must be 1 to 128 characters, none of them a control character",
		),
	);
