/** The fields that calls are made of, as zod schemas: checked at the edge, messages as the drop-in surface has them. */
import { z } from "zod";
import { host, port, word } from "../surface/arguments/field.ts";
import { foldClusterName } from "../topology/instance-name.ts";

export const NOTHING = z.object({});

/** The `:host/:port` of a route. */
export const INSTANCE = z.object({ host, port });
export type InstanceInput = z.output<typeof INSTANCE>;

export const BELOW = INSTANCE.extend({ belowHost: host, belowPort: port });

/** As clusters are named: a host in any case is one host. */
const clusterName = z.pipe(word, z.transform(foldClusterName));

/** A cluster, by any hint or by one of its instances. */
export const CLUSTER = z.object({
	clusterHint: z.optional(word),
	host: z.optional(host),
	port: z.optional(port),
});
export type ClusterInput = z.output<typeof CLUSTER>;

/** 0-based; anything but a number is the first page. */
export const PAGE = z.object({
	page: z
		.string()
		.optional()
		.transform((text) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : 0)),
});

/** An integer id; anything else is 0, which means no id. */
const id = z
	.string()
	.optional()
	.transform((text) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : 0));

export const DETECTIONS = PAGE.extend({ id, clusterAlias: z.optional(word) });

export const RECOVERIES = DETECTIONS.extend({
	uid: z.optional(word),
	clusterName: z.optional(clusterName),
	unacknowledged: z.string().optional(),
});

export const CLUSTER_NAME = z.object({ clusterName });
export const CLUSTER_ALIAS = z.object({ clusterAlias: word });
export const UID = z.object({ uid: word });
