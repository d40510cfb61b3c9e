import type { InstanceName } from "../topology/instance-name.ts";

/** What a person can do about errant transactions of the server, both ways: what they have changed in its tables stays. */
export const errantRemedy = (name: InstanceName): string =>
	`gtid-errant-inject-empty -i ${name} lets its cluster have them as empty ones, gtid-errant-reset-master -i ${name} lets it forget them`;
