import {
	failsToConnect,
	isBinlogServer,
	isFirstTier,
	isInNoGroup,
} from "../conditions.ts";
import type { Facts } from "../facts.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";

const link = ({ instance }: Facts): string =>
	`${instance.name} fails to connect to its source ${instance.replication.sourceHost}:${instance.replication.sourcePort}`;

/** An instance's own link to its source. */
export const OWN_LINK: readonly TaxonomyRow[] = [
	{
		code: "BinlogServerFailingToConnectToMaster",
		when: [isInNoGroup, isBinlogServer, failsToConnect],
		recovery: "none",
		says: (f) => `binlog server ${link(f)}`,
	},
	{
		code: "FirstTierReplicaFailingToConnectToMaster",
		when: [isInNoGroup, isFirstTier, failsToConnect],
		recovery: "none",
		says: (f) => `replica ${link(f)}`,
	},
];
