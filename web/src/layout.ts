/** Where the boxes of a tree go: one column a depth, leaves one below the other, a source in the middle of its replicas. */
import type { InstancePicture } from "../../src/api/picture.ts";

export const BOX = { width: 252, height: 78 } as const;
const COLUMN = BOX.width + 72;
const ROW = BOX.height + 18;

interface PlacedInstance {
	readonly instance: InstancePicture;
	readonly x: number;
	readonly y: number;
}

export interface Layout {
	readonly placed: readonly PlacedInstance[];
	readonly width: number;
	readonly height: number;
}

/** @param instances each after the one below which it is drawn */
export const layOut = (instances: readonly InstancePicture[]): Layout => {
	const children = new Map<string | null, InstancePicture[]>();
	for (const instance of instances) {
		const siblings = children.get(instance.parent);
		if (siblings) siblings.push(instance);
		else children.set(instance.parent, [instance]);
	}
	const placed: PlacedInstance[] = [];
	let leaves = 0;
	let depths = 0;
	const place = (instance: InstancePicture, depth: number): number => {
		depths = Math.max(depths, depth + 1);
		const below = children.get(instance.name) ?? [];
		const rows = below.map((each) => place(each, depth + 1));
		const first = rows[0];
		const last = rows.at(-1);
		const row =
			first === undefined || last === undefined ? leaves++ : (first + last) / 2;
		placed.push({ instance, x: depth * COLUMN, y: row * ROW });
		return row;
	};
	for (const root of children.get(null) ?? []) place(root, 0);
	return {
		placed,
		width: depths === 0 ? 0 : (depths - 1) * COLUMN + BOX.width,
		height: leaves === 0 ? 0 : (leaves - 1) * ROW + BOX.height,
	};
};
