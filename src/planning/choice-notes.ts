import type { InstanceName } from "../topology/instance-name.ts";

// The notes that tell why one candidate and no other: they explain, and ask nobody to do anything.

export const rankedNote = (
	place: number,
	name: InstanceName,
	says: string,
): string => `candidate ${place} is ${name}: ${says}`;

export const excludedNote = (name: InstanceName, reason: string): string =>
	`${name} is no candidate: ${reason}`;

export const readiestNote = (
	opened: InstanceName,
	better: InstanceName,
): string =>
	`${opened} was the readiest and is open; ${better} is better placed and takes its place. When that fails, ${opened} stays`;

const EXPLAINS =
	/^candidate \d+ is |^\S+ is no candidate: |^\S+ was the readiest and is open; /;

/** Whether the note only explains the choice; any other is something that a person should know. */
export const isChoiceNote = (note: string): boolean => EXPLAINS.test(note);
