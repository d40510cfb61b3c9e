import { BatonError } from "../../errors.ts";
import { NOTHING } from "../fields.ts";
import { envelopeRoutes, READ, type Route } from "../route.ts";

/**
 * Routes of the reference that this version does not have (api.md §7). They answer an error envelope that says so: the stock
 * client takes a plain 404 for a node that is away, and waits 11 seconds.
 */
const ABSENT: readonly string[] = [
	"relocate-slaves/:host/:port/:belowHost/:belowPort",
	"regroup-slaves/:host/:port",
	"move-up/:host/:port",
	"move-up-slaves/:host/:port",
	"move-below/:host/:port/:siblingHost/:siblingPort",
	"move-equivalent/:host/:port/:belowHost/:belowPort",
	"repoint/:host/:port/:belowHost/:belowPort",
	"repoint-slaves/:host/:port",
	"make-co-master/:host/:port",
	"enslave-siblings/:host/:port",
	"enslave-master/:host/:port",
	"master-equivalent/:host/:port/:logFile/:logPos",
	"regroup-slaves-bls/:host/:port",
	"move-below-gtid/:host/:port/:belowHost/:belowPort",
	"move-gtid/:host/:port/:belowHost/:belowPort",
	"move-slaves-gtid/:host/:port/:belowHost/:belowPort",
	"regroup-slaves-gtid/:host/:port",
	"match/:host/:port/:belowHost/:belowPort",
	"match-below/:host/:port/:belowHost/:belowPort",
	"match-up/:host/:port",
	"match-slaves/:host/:port/:belowHost/:belowPort",
	"match-up-slaves/:host/:port",
	"regroup-slaves-pgtid/:host/:port",
	"make-master/:host/:port",
	"make-local-master/:host/:port",
	"enable-gtid/:host/:port",
	"disable-gtid/:host/:port",
	"gtid-errant-reset-master/:host/:port",
	"gtid-errant-inject-empty/:host/:port",
	"skip-query/:host/:port",
	"start-slave/:host/:port",
	"restart-slave/:host/:port",
	"stop-slave/:host/:port",
	"stop-slave-nice/:host/:port",
	"reset-slave/:host/:port",
	"detach-slave/:host/:port",
	"reattach-slave/:host/:port",
	"detach-slave-master-host/:host/:port",
	"reattach-slave-master-host/:host/:port",
	"flush-binary-logs/:host/:port",
	"purge-binary-logs/:host/:port/:logFile",
	"enable-semi-sync-master/:host/:port",
	"disable-semi-sync-master/:host/:port",
	"enable-semi-sync-replica/:host/:port",
	"disable-semi-sync-replica/:host/:port",
	"delay-replication/:host/:port/:seconds",
	"set-read-only/:host/:port",
	"set-writeable/:host/:port",
	"kill-query/:host/:port/:process",
	"last-pseudo-gtid/:host/:port",
	"grab-election",
	"reelect",
	"reload-configuration",
	"reload-cluster-alias",
	"agents",
	"agent/:host",
	"seeds",
];

export const absentRoutes = (): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: ABSENT,
			says: "Not part of this version: always an error, nothing is changed",
			input: NOTHING,
		},
		async () => {
			throw new BatonError(
				"BadInput",
				"this call is not part of this version of Baton; nothing was changed",
			);
		},
	);
