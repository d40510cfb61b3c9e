import type { OperationLook } from "../temporal/operation-look.ts";

/** What so many looks at an operation, one after another, have had in common. They are counted, since clocks jump. */
export interface Standing {
	readonly mark: string;
	/** Looks that saw it no further than the one before. */
	readonly quiet: number;
	/** Looks that saw its workflow unable to go on. */
	readonly stuck: number;
}

export const UNSEEN: Standing = { mark: "", quiet: 0, stuck: 0 };

export const standingAfter = (
	before: Standing,
	{ mark, stuck }: Pick<OperationLook, "mark" | "stuck">,
): Standing => ({
	mark,
	quiet: mark === before.mark ? before.quiet + 1 : 0,
	stuck: stuck === "" ? 0 : before.stuck + 1,
});

/** The beats of an attempt before this one hold what it has counted. */
export const isStanding = (told: unknown): told is Standing =>
	typeof (told as Partial<Standing> | null | undefined)?.mark === "string";
