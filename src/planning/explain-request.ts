import type { InstanceName } from "../topology/instance-name.ts";

/** What `explain` is asked about: a cluster, perhaps one of its instances, perhaps a wanted successor or new source. */
export interface ExplainRequest {
	/** Identity of the cluster. */
	readonly identity: string;
	/** The instance that is looked at as failed or to be moved; without it the primary. */
	readonly instance?: InstanceName;
	/** `-d`. */
	readonly destination?: InstanceName;
}
