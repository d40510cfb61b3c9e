/**
 * What this node's watchers say of the groups that they hold. A node that stood still may be given a group again before it has
 * heard that its order for it was lost: what ends then is the one order, or the one watcher, and not what has begun meanwhile.
 */
export const createHeldGroups = () => {
	const orders = new Map<number, number>();
	const troubles = new Map<object, string>();
	const change = (group: number, by: number): void => {
		orders.set(group, (orders.get(group) ?? 0) + by);
	};
	return {
		/** Temporal has given this node the group. @returns what ends that, to be called once */
		onHolding: (group: number): (() => void) => {
			change(group, 1);
			return () => change(group, -1);
		},
		/** For one watcher. @returns what it tells its trouble with the store by; empty when there is none any more */
		storeTroubleTeller: (): ((trouble: string) => void) => {
			const watcher = {};
			return (trouble) => {
				if (trouble === "") troubles.delete(watcher);
				else troubles.set(watcher, trouble);
			};
		},
		/** Who holds the first group is what orchestrator calls the leader. */
		isLeader: (): boolean => (orders.get(0) ?? 0) > 0,
		/** What keeps a watcher from the store; empty for nothing. */
		storeTrouble: (): string => [...new Set(troubles.values())].join("; "),
	};
};
