import { error } from "./template.ts";

/** Which server is meant. */
export const INSTANCES = {
	instanceNotGiven: error("BadInput", "cannot deduce instance: give -i"),
	destinationNotGiven: error("BadInput", "cannot deduce destination: give -d"),
	noInstance: error(
		"BadInput",
		'cannot read <flag> "<text>" as an instance; give host or host:port',
	),
	noInstanceName: error("BadInput", '"<text>" is no instance; give host:port'),
	noDesignatedInstance: error(
		"BadInput",
		"designated instance <host>:<port> is no host and port, and nothing was done; give both",
	),
	noVirtualName: error(
		"BadInput",
		'-hostname "<name>" is no host name; give the virtual name alone, without a port',
	),
	unresolvedHost: error(
		"BadInput",
		'cannot resolve host "<host>": <why>; name the host otherwise, or set HostnameResolveMethod',
	),
	noCanonicalHost: error(
		"BadInput",
		'cannot resolve host "<host>": <why>; see that the name service knows it, or give its address',
	),
	unknownInstance: error(
		"UnknownInstance",
		"instance not found: <instance>; all-instances lists those that are known, discover adds one",
	),
	unknownShortInstance: error(
		"UnknownInstance",
		"instance not found: <instance>; <matches>; all-instances lists those that are known, discover adds one",
	),
	localNotKnown: error(
		"UnknownInstance",
		"no instance is given, and the local host is none that is known: instance not found: <instance>; give one (-i), all-instances lists those that are known",
	),
	cannotReadInstance: error(
		"UnknownInstance",
		"Cannot read instance: <instance> is not known; discover it first",
	),
	neverProbed: error(
		"Refused",
		"<instance> matches DiscoveryIgnoreHostnameFilters: it is never probed; take it out of that key to have it probed",
	),
} as const;
