import { expect, it } from "vitest";
import { replica, server } from "../../test/support/made-up-servers.ts";
import type { Answer, Step } from "./step.ts";
import {
	afterBoth,
	asTriedAgain,
	doubted,
	mayTryAgain,
} from "./tried-again.ts";

const already: Answer = {
	outcome: "already",
	effect: "unchanged",
	reached: "",
	says: "",
};
const stop: Step = { do: "stopReceiver", on: "a:3306", channel: "" };
const running = replica("a", 2);
const stopped = replica("a", 2, {}, { receiver: 0 });

it("what a second try finds done is not known to have been so before", () => {
	expect(doubted(stop, running, already).effect).toBe("unknown");
	const close: Step = { do: "close", on: "p:3306" };
	expect(doubted(close, server("p", 1), already).effect).toBe("unknown");
});

it("but what was so before any try, only reads, or did something itself is as it says", () => {
	expect(doubted(stop, stopped, already)).toBe(already);
	const find: Step = { do: "findCredential", on: "a:3306", from: [] };
	expect(doubted(find, running, already)).toBe(already);
	for (const answer of [
		{ ...already, outcome: "done", effect: "changed" },
		{ ...already, outcome: "failed" },
	] as const)
		expect(doubted(stop, running, answer)).toBe(answer);
});

it("what stops threads and starts them again is told that it may have been cut off in between", () => {
	const delay: Step = { do: "setDelay", on: "a:3306", channel: "", seconds: 0 };
	const match: Step = {
		do: "matchBelow",
		on: "a:3306",
		channel: "",
		source: "b:3306",
		sourceUuid: "",
		sourceId: 0,
		by: { way: "same", in: "p:3306" },
	};
	for (const each of [delay, match])
		expect(asTriedAgain(each)).toEqual({ ...each, unsettled: true });
	expect(asTriedAgain(stop)).toBe(stop);
});

it("an opening that a second try does not bring about may stand: its server is asked", () => {
	const open: Step = { do: "open", on: "a:3306" };
	const handOver: Step = {
		do: "handOver",
		on: "a:3306",
		from: "p:3306",
		catchUpMs: 1,
		transactionsMs: 1,
		gapMs: 1_000,
	};
	for (const step of [open, handOver])
		for (const outcome of ["failed", "refused"] as const)
			expect(doubted(step, running, { ...already, outcome }).effect).toBe(
				"unknown",
			);
	const opened: Answer = { ...already, outcome: "done", effect: "changed" };
	expect(doubted(open, running, opened)).toBe(opened);
});

it("a step whose session was ended is tried once more, but not one that opens a server", () => {
	expect(mayTryAgain(stop)).toBe(true);
	expect(mayTryAgain({ do: "open", on: "a:3306" })).toBe(false);
});

it("what both tries did is not known where the first one had begun to write, and the second one says nothing of it", () => {
	const cut = { effect: "unknown" } as const;
	const failed: Answer = { ...already, outcome: "failed" };
	expect(afterBoth(stop, running, cut, already).effect).toBe("unknown");
	expect(afterBoth(stop, running, cut, failed).effect).toBe("unknown");
	expect(
		afterBoth(stop, running, cut, {
			...already,
			outcome: "refused",
		}).effect,
	).toBe("unknown");
	const done: Answer = { ...already, outcome: "done", effect: "changed" };
	expect(afterBoth(stop, running, cut, done)).toBe(done);
});

it("a first try that had written nothing leaves no doubt", () => {
	const unwritten = { effect: "unchanged" } as const;
	expect(afterBoth(stop, running, unwritten, already)).toBe(already);
});
