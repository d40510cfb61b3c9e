/** The fields that calls are made of, as zod schemas: checked at the edge, messages as the drop-in surface has them. */
import { z } from "zod";
import { isHost } from "../topology/instance-name.ts";

const host = z
	.string()
	.trim()
	.refine((text) => isHost(text), "invalid host");

const port = z
	.string()
	.trim()
	.regex(/^\d{1,5}$/, "invalid port")
	.transform(Number)
	.refine((number) => number >= 1 && number <= 65535, "invalid port");

const word = z.string().trim().min(1, "empty parameter").max(1024);

export const NOTHING = z.object({});

/** `:host/:port` of api.md §3.1. */
export const INSTANCE = z.object({ host, port });
export type InstanceInput = z.output<typeof INSTANCE>;

export const BELOW = INSTANCE.extend({ belowHost: host, belowPort: port });

/** A cluster, by any hint or by one of its instances (api.md §3.2). */
export const CLUSTER = z.object({
	clusterHint: word.optional(),
	host: host.optional(),
	port: port.optional(),
});
export type ClusterInput = z.output<typeof CLUSTER>;

/** An unusable designated or candidate pair is treated as absent (api.md §3.1); whether it is usable is seen later. */
export const DESIGNATED = CLUSTER.extend({
	designatedHost: z.string().trim().optional(),
	designatedPort: z.string().trim().optional(),
});

export const RECOVER = INSTANCE.extend({
	candidateHost: z.string().trim().optional(),
	candidatePort: z.string().trim().optional(),
	skipProcesses: z.string().optional(),
});

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

export const DETECTIONS = PAGE.extend({ id, clusterAlias: word.optional() });

export const RECOVERIES = DETECTIONS.extend({
	uid: word.optional(),
	clusterName: word.optional(),
	unacknowledged: z.string().optional(),
});

export const CLUSTER_NAME = z.object({ clusterName: word });
export const CLUSTER_ALIAS = z.object({ clusterAlias: word });
export const UID = z.object({ uid: word });

export const OWNER_AND_REASON = INSTANCE.extend({
	owner: word,
	reason: word,
	duration: word.optional(),
});

export const COMMENT = z.object({
	comment: z
		.string({ error: "No acknowledge comment given" })
		.trim()
		.min(1, "No acknowledge comment given")
		.max(4096),
});
