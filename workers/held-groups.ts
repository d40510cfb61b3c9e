/** What this node's watchers say of the groups that they hold. */
export const createHeldGroups = () => {
	const held = new Set<number>();
	const troubles = new Map<number, string>();
	return {
		onHolding: (group: number, holds: boolean): void => {
			if (holds) held.add(group);
			else held.delete(group);
		},
		onStoreTrouble: (group: number, trouble: string): void => {
			if (trouble === "") troubles.delete(group);
			else troubles.set(group, trouble);
		},
		/** Who holds the first group is what orchestrator calls the leader. */
		isLeader: (): boolean => held.has(0),
		/** What keeps a watcher from the store; empty for nothing. */
		storeTrouble: (): string => [...new Set(troubles.values())].join("; "),
	};
};
