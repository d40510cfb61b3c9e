/** The sections of the picture, by what they are. */
import {
	CLUSTER_PREFIX,
	type ClusterPicture,
	OPERATIONS,
	type OperationPicture,
	type Picture,
	RECOVERIES,
	type RecoveryPicture,
	ROLLINGS,
	type RollingPicture,
	type Section,
	STATUS,
	type StatusPicture,
} from "../../src/api/picture.ts";

const isList = (section: Section | undefined): section is readonly [] =>
	Array.isArray(section);

const isStatus = (section: Section | undefined): section is StatusPicture =>
	section !== undefined && "temporal" in section;

const isCluster = (section: Section): section is ClusterPicture =>
	"instances" in section;

export const statusOf = (picture: Picture): StatusPicture | undefined => {
	const section = picture[STATUS];
	return isStatus(section) ? section : undefined;
};

export const operationsOf = (picture: Picture): readonly OperationPicture[] => {
	const section = picture[OPERATIONS];
	return isList(section) ? section : [];
};

/** Those of one cluster. */
export const rollingsOf = (
	picture: Picture,
	{ identity }: Pick<ClusterPicture, "identity">,
): readonly RollingPicture[] => {
	const section = picture[ROLLINGS];
	const all: readonly RollingPicture[] = isList(section) ? section : [];
	return all.filter((each) => each.identity === identity);
};

export const recoveriesOf = (picture: Picture): readonly RecoveryPicture[] => {
	const section = picture[RECOVERIES];
	return isList(section) ? section : [];
};

/** All clusters, by alias and then by name. */
export const clustersOf = (picture: Picture): readonly ClusterPicture[] =>
	Object.entries(picture)
		.filter(([key]) => key.startsWith(CLUSTER_PREFIX))
		.flatMap(([, section]) => (isCluster(section) ? [section] : []))
		.sort(
			(a, b) => a.alias.localeCompare(b.alias) || a.name.localeCompare(b.name),
		);
