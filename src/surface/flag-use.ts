/** How a command uses one of the flags. */
export interface FlagUse {
	readonly flag: string;
	readonly isRequired: boolean;
}

export const required = (flag: string): FlagUse => ({
	flag,
	isRequired: true,
});

export const optional = (flag: string): FlagUse => ({
	flag,
	isRequired: false,
});

/** The flags of a command that is about one cluster. */
export const CLUSTER_FLAGS: readonly FlagUse[] = [
	optional("-alias"),
	optional("-i"),
];

export const CLUSTER_HELP =
	"The cluster is the one named by -alias (name or alias), else that of the instance in -i, else that of the local host.";
