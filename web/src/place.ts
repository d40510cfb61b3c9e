/** Which page the address names, relative to where the pages are served. */
import type { ClusterPicture } from "../../src/api/picture.ts";

export type Place =
	| { readonly page: "clusters" }
	| { readonly page: "cluster"; readonly hint: string }
	| { readonly page: "recoveries" };

/** @param path decoded and relative to the base: `cluster/alias/orders` */
export const placeOf = (path: string): Place => {
	const [first, ...rest] = path.split("/").filter((each) => each !== "");
	if (first === "audit-recovery" || first === "audit-recovery-steps")
		return { page: "recoveries" };
	if (first !== "cluster" || rest.length === 0) return { page: "clusters" };
	const [kind, ...named] = rest;
	if (kind === "alias" && named.length > 0)
		return { page: "cluster", hint: named.join("/") };
	if (kind === "instance" && named.length === 2)
		return { page: "cluster", hint: named.join(":") };
	return { page: "cluster", hint: rest.join("/") };
};

/** The cluster that a hint means: by name, else alias, identity or member. */
export const clusterOf = (
	clusters: readonly ClusterPicture[],
	hint: string,
): ClusterPicture | undefined =>
	clusters.find((each) => each.name === hint) ??
	clusters.find((each) => each.alias === hint) ??
	clusters.find((each) => each.identity === hint) ??
	clusters.find((each) =>
		each.instances.some((instance) => instance.name === hint),
	);

export const linkToCluster = ({ name }: ClusterPicture): string =>
	`cluster/${encodeURIComponent(name)}`;
