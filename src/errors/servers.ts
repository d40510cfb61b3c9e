import { error } from "./template.ts";

/** What a server answers, or does not. The text before a remedy is the driver's or the server's own. */
export const SERVERS = {
	serverError: error("ServerError", "<server>: <why>"),
	notSeen: error("ServerUnreachable", "<server>: <why>; look again"),
	connectionRefused: error(
		"ServerUnreachable",
		"<server>: <why>; start it, or check its host and port",
	),
	noAnswerInTime: error(
		"ServerUnreachable",
		"<server>: <why>; check whether it hangs, and the network between",
	),
	connectionLost: error(
		"ServerUnreachable",
		"<server>: <why>; look again; if it is lost each time, see its error log",
	),
	notLetIn: error(
		"ServerUnreachable",
		"<server>: <why>; check MySQLTopologyUser and its password, and whom the server lets in",
	),
	cannotLook: error(
		"ServerUnreachable",
		"<server>: <why>; the server was not asked, the fault is on this side: see that its name is right and known to the name service here, else to the network, the limits and the TLS of this host",
	),
	cannotConnect: error(
		"ServerUnreachable",
		"cannot connect to <host>:<port>: <why>; see that a server listens there and can be reached from here",
	),
	notRecorded: error(
		"Internal",
		"<server> was looked at but is not in the store",
	),
	noReplica: error(
		"Refused",
		"<server> is not a replica: there is nothing to wait for; name one with -i",
	),
	severalChannels: error(
		"Refused",
		"<server> replicates by several channels, of which none can be named here: <channels>; ask the server itself",
	),
	otherLogs: error(
		"Refused",
		"<server> stands at <where> of its source, and <text> is no place in those binary logs: they are two series; give one of the source's own",
	),
	applierStopped: error(
		"Refused",
		"the applier of <server> does not run (<why>), and stands at <where>; start it with start-replica",
	),
	noErrantGtid: error("Refused", "no errant GTID on <server>"),
	errantGtidPurged: error(
		"Refused",
		"errant GTID <gtids> of <server> is in no binary log any more: it was purged",
	),
} as const;
