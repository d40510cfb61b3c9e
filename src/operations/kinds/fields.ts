import { custom, refine, string } from "zod/mini";
import {
	type InstanceName,
	isHost,
	isInstanceName,
	splitName,
} from "../../topology/instance-name.ts";

/** What requests are made of. */

export const INSTANCE = custom<InstanceName>(
	(given) =>
		typeof given === "string" &&
		isInstanceName(given) &&
		isHost(splitName(given).host),
	"must be host:port",
);

/** Any cluster hint: name, alias, identity, an instance of it. */
export const CLUSTER = string().check(
	refine(
		(text) => text.length > 0 && text.length <= 200,
		"must name a cluster",
	),
);
