import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { heedInterruption } from "./interruption.ts";

const interruptible = (doesTheWork: boolean) => {
	const told: string[] = [];
	const codes: number[] = [];
	const from = Object.assign(new EventEmitter(), {
		exit: (code: number) => {
			codes.push(code);
		},
	});
	const write = (text: string) => {
		told.push(text);
	};
	const letGo = heedInterruption(from, {
		doesTheWork,
		log: {
			notice: () => {},
			fatal: write,
			error: write,
			warning: write,
			info: write,
			debug: write,
		},
	});
	return { from, told, codes, letGo };
};

it("a command that waits for the nodes ends at once, and says that they go on", () => {
	const { from, told, codes } = interruptible(false);
	from.emit("SIGINT", "SIGINT");
	expect(codes).toEqual([130]);
	expect(told).toEqual([expect.stringContaining("goes on without")]);
});

it("a command that does the work itself goes on, until it is told once more", () => {
	const { from, told, codes } = interruptible(true);
	from.emit("SIGINT", "SIGINT");
	expect(codes).toEqual([]);
	expect(told).toEqual([expect.stringContaining("brought to its end first")]);
	from.emit("SIGTERM", "SIGTERM");
	expect(codes).toEqual([143]);
	expect(told.at(-1)).toContain("left in the middle");
});

it("a command that is through is ended like any other", () => {
	const { from, letGo } = interruptible(true);
	letGo();
	expect(from.listenerCount("SIGINT") + from.listenerCount("SIGTERM")).toBe(0);
});
