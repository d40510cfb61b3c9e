import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AnalysisChange } from "../src/analysis/finding.ts";
import { createTellingInOrder } from "./telling-in-order.ts";

const change = (): AnalysisChange => ({ findings: [] });

const scene = () => {
	const prepared: AnalysisChange[] = [];
	const sent: AnalysisChange[] = [];
	const ready = new Map<AnalysisChange, () => void>();
	const failing = new Set<AnalysisChange>();
	const tell = createTellingInOrder({
		prepare: async (_, told) => {
			prepared.push(told);
			await new Promise<void>((resolve) => ready.set(told, resolve));
			return told;
		},
		send: async (_, told) => {
			if (failing.has(told)) throw new Error("away");
			sent.push(told);
		},
	});
	return { tell, prepared, sent, ready, failing };
};

test("what is told later of a cluster arrives later, though all of it is prepared at once", async () => {
	const { tell, prepared, sent, ready } = scene();
	const [older, newer, elsewhere] = [change(), change(), change()];
	const all = [tell("a", older), tell("a", newer), tell("b", elsewhere)];
	expect(prepared).toEqual([older, newer, elsewhere]);
	ready.get(newer)?.();
	ready.get(elsewhere)?.();
	await setImmediate();
	expect(sent).toHaveLength(1);
	expect(sent[0]).toBe(elsewhere);
	ready.get(older)?.();
	await Promise.all(all);
	expect(sent[1]).toBe(older);
	expect(sent[2]).toBe(newer);
});

test("one that fails is heard of by its own caller, and holds up nobody", async () => {
	const { tell, sent, ready, failing } = scene();
	const [first, second] = [change(), change()];
	failing.add(first);
	const failed = tell("a", first);
	const told = tell("a", second);
	ready.get(second)?.();
	ready.get(first)?.();
	await expect(failed).rejects.toThrow("away");
	await told;
	expect(sent).toHaveLength(1);
	expect(sent[0]).toBe(second);
});
