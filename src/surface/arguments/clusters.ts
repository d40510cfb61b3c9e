import { optional as maybe } from "zod/mini";
import { errors } from "../../errors.ts";
import {
	foldClusterName,
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import { argument, type Called } from "../argument.ts";
import { CLUSTER_FLAGS } from "../flag-use.ts";
import { host, port, word } from "./field.ts";

/** A cluster, by any hint or by one of its instances. */
const HINT = {
	clusterHint: maybe(word),
	host: maybe(host),
	port: maybe(port),
};

interface Hint {
	readonly clusterHint?: string | undefined;
	readonly host?: string | undefined;
	readonly port?: number | undefined;
}

const memberOf = (hint: Hint): InstanceName | "" =>
	hint.host !== undefined && hint.port !== undefined
		? instanceName(hint.host, hint.port)
		: "";

const hinted = (hint: Hint, { names }: Called) =>
	names.cluster(hint.clusterHint ?? memberOf(hint));

/** The cluster that a command is about. */
export const CLUSTER = argument({
	cli: {
		flags: CLUSTER_FLAGS,
		read: (typed) => typed.requiredCluster(),
	},
	api: { fields: HINT, read: hinted },
});

/** The same, by its hint alone, where none is an answer too. */
export const CLUSTER_IF_ANY = argument({
	cli: { flags: CLUSTER_FLAGS, read: (typed) => typed.cluster() },
	api: {
		fields: { clusterHint: maybe(word) },
		read: async (hint, called) =>
			hint.clusterHint === undefined ? undefined : hinted(hint, called),
	},
});

/** The cluster that a command is about, else the only known one. */
export const CLUSTER_OR_ONLY = argument({
	cli: {
		flags: CLUSTER_FLAGS,
		read: (typed) => typed.clusterOrOnly(),
	},
});

/** A cluster that is about to be forgotten: the local host's is not taken for granted. */
export const CLUSTER_BY_NAME = argument({
	cli: {
		flags: CLUSTER_FLAGS,
		read: async (typed) => {
			const { alias, instance } = typed.flags;
			if (alias === "" && instance === "") throw errors.clusterNotGiven();
			return typed.requiredCluster();
		},
	},
	api: { fields: { clusterHint: word }, read: hinted },
});

/** A cluster by its alias. */
export const CLUSTER_OF_ALIAS = argument({
	api: {
		fields: { clusterAlias: word },
		read: ({ clusterAlias }, { names }) => names.clusterOfAlias(clusterAlias),
	},
});

/** A name of a cluster as it is, known or not. */
export const CLUSTER_NAME = argument({
	api: {
		fields: { clusterName: word },
		read: ({ clusterName }) => foldClusterName(clusterName),
	},
});
